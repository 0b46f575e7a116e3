using System.Text.RegularExpressions;
using Late.Hosting.Tests.Support;

namespace Late.Hosting.Tests.Documentation;

/// <summary>README and the pages of docs/, with their headings and links as a renderer of Markdown makes them.</summary>
internal static partial class Pages
{
    /// <summary>The paths, README first.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        "README.md",
        .. Directory.EnumerateFiles(Path.Combine(Repository.Folder, "docs"), "*.md").Order(StringComparer.Ordinal).Select(static path => $"docs/{Path.GetFileName(path)}"),
    ];

    /// <summary>The targets of links and pictures, outside of code.</summary>
    public static IEnumerable<string> Links(string text) =>
        Link().Matches(InlineCode().Replace(WithoutFences(text), "")).Select(static link => link.Groups["target"].Value);

    /// <summary>The headings of a level.</summary>
    public static IEnumerable<string> Headings(string text, int level) =>
        Heading().Matches(WithoutFences(text)).Where(heading => heading.Groups["level"].Length == level).Select(static heading => heading.Groups["text"].Value);

    /// <summary>What a link to a heading of the text may have after its <c>#</c>.</summary>
    public static HashSet<string> Anchors(string text) =>
        [.. Heading().Matches(WithoutFences(text)).Select(static heading => Anchor(heading.Groups["text"].Value))];

    /// <summary>The anchor of a heading: small letters, digits, and a hyphen for each space.</summary>
    public static string Anchor(string heading) => NoAnchor().Replace(heading.ToLowerInvariant(), "").Replace(' ', '-');

    /// <summary>What is wrong with the links of a page.</summary>
    /// <param name="path">The page's path.</param>
    /// <param name="text">Its text.</param>
    /// <param name="read">Reads a file of the repository; null where there is none.</param>
    public static IEnumerable<string> BrokenLinks(string path, string text, Func<string, string?> read)
    {
        foreach (var target in Links(text).Where(static target => !target.Contains("://", StringComparison.Ordinal)))
        {
            var (file, anchor) = target.Split('#') is [var before, var after] ? (before, after) : (target, null);
            var linked = file.Length == 0 ? text : read(Resolve(path, file));
            if (linked is null)
            {
                yield return $"{path} links to {target}: there is no such file.";
            }
            else if (anchor is not null && !Anchors(linked).Contains(anchor))
            {
                yield return $"{path} links to {target}: the page has no such heading.";
            }
        }
    }

    /// <summary>The path from the top of the repository of what a page names relative to itself.</summary>
    public static string Resolve(string page, string file) =>
        Path.GetRelativePath("/", Path.GetFullPath(Path.Combine("/", Path.GetDirectoryName(page)!, file))).Replace('\\', '/');

    private static string WithoutFences(string text) => Fence().Replace(text, "");

    [GeneratedRegex("^```.*?^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex("`[^`\n]+`")]
    private static partial Regex InlineCode();

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("^(?<level>#+) (?<text>.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\p{L}\p{N} _-]")]
    private static partial Regex NoAnchor();
}
