using System.Text;
using Microsoft.AspNetCore.Http;

namespace Late.Hosting.Dashboard.Endpoints;

/// <summary>
/// The page. Its links are relative, so that it works behind a proxy that takes a part of the path away; the page's own
/// path may end with a slash or without one, and they start from there.
/// </summary>
internal sealed class PageEndpoint(Assets assets)
{
    private readonly string _html = Encoding.UTF8.GetString(assets.Page.Content);

    public Task InvokeAsync(HttpContext context)
    {
        var path = context.Request.Path.Value ?? "";
        var last = path[(path.LastIndexOf('/') + 1)..];
        var start = last.Length == 0 ? "./" : $"./{Uri.EscapeDataString(last)}/";
        var html = _html.Replace("{base}", start, StringComparison.Ordinal);
        return new Asset(assets.Page.Name, Encoding.UTF8.GetBytes(html)).InvokeAsync(context);
    }
}
