using System.Collections.Concurrent;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace Late.Hosting.Dashboard.Tests.Browser;

/// <summary>A page in the browser, with what it writes to its console and which addresses it asks.</summary>
internal sealed class WatchedPage : IAsyncDisposable
{
    public WatchedPage(IPage page)
    {
        Page = page;
        page.Console += (_, message) => Note(message.Type is "error" or "warning", $"{message.Type}: {message.Text}");
        page.PageError += (_, error) => Note(true, error);
        page.Request += (_, request) => Hosts.TryAdd(new Uri(request.Url).Host, 0);
    }

    public IPage Page { get; }

    /// <summary>Errors and warnings of the page, the oldest first.</summary>
    public ConcurrentQueue<string> Complaints { get; } = new();

    /// <summary>The hosts that the page has asked for something.</summary>
    public ConcurrentDictionary<string, byte> Hosts { get; } = new();

    /// <summary>The row of a connection.</summary>
    public ILocator Row(string name) => Page.Locator("li.row").Filter(new LocatorFilterOptions { Has = Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = name, Exact = true }) });

    /// <summary>Fails where the page keeps a user out: contrast, names, roles, order (WCAG); or is wider than its window.</summary>
    public async Task IsAccessibleAsync()
    {
        var found = await Page.RunAxe();
        Assert.NotEmpty(found.Passes);
        Assert.Empty(found.Violations.Select(static violation => $"{violation.Id}: {string.Join(", ", violation.Nodes.Select(static node => node.Target))}"));
        Assert.True(await Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"), "The page is wider than its window.");
    }

    /// <summary>Keeps a picture next to the tests' output.</summary>
    public Task ShootAsync(string name, bool isFullPage = true) => Page.ScreenshotAsync(new PageScreenshotOptions
    {
        Path = Path.Combine(AppContext.BaseDirectory, "screenshots", $"{name}.png"),
        FullPage = isFullPage,
    });

    public async ValueTask DisposeAsync() => await Page.CloseAsync();

    private void Note(bool isComplaint, string text)
    {
        if (isComplaint)
        {
            Complaints.Enqueue(text);
        }
    }
}
