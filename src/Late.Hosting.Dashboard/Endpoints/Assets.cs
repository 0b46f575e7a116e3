using System.Security.Cryptography;

namespace Late.Hosting.Dashboard.Endpoints;

/// <summary>The files of the page, which lie inside the assembly.</summary>
internal sealed class Assets
{
    private const string PageName = "index.html";

    private static readonly string[] Names =
        ["charts.js", "dashboard.css", "dashboard.js", "details.js", "dom.js", "format.js", "history.js", "icon.svg", "list.js", "order.js", "row.js", "store.js", "stream.js"];

    private Assets(Asset page, IReadOnlyList<Asset> linked)
    {
        (Page, Linked) = (page, linked);
        var hash = SHA256.HashData([.. linked.Prepend(page).SelectMany(static asset => asset.Content)]);
        Version = Convert.ToHexStringLower(hash.AsSpan(0, 8));
    }

    /// <summary>The page itself.</summary>
    public Asset Page { get; }

    /// <summary>What the page links to.</summary>
    public IReadOnlyList<Asset> Linked { get; }

    /// <summary>Differs where any of the files does.</summary>
    public string Version { get; }

    public static Assets Load() => new(Asset.Load(PageName), [.. Names.Select(Asset.Load)]);
}
