using Late.Hosting.Tests.Shared;
using Microsoft.Playwright;

namespace Late.Hosting.Dashboard.Tests.Browser;

/// <summary>One Chromium for the tests that look at the page; where there is none they are skipped, and report it.</summary>
public sealed class ChromiumFixture : IAsyncLifetime
{
    // No bound on what is waited for: it ends a wait for what does not come before the hang guard does, because it can report for what.
    private const int Patience = HangGuardAttribute.Limit / 2;

    private IPlaywright? _playwright;
    private IBrowser? _browser;
    private string _reason = "";

    public async ValueTask InitializeAsync()
    {
        Assertions.SetDefaultExpectTimeout(Patience);
        _playwright = await Playwright.CreateAsync();
        (_browser, _reason) = await Chromium.LaunchAsync(_playwright);
    }

    /// <summary>Skips the test where there is no browser. Called first, so that nothing else is started in vain.</summary>
    internal void Need() => Assert.SkipUnless(_browser is not null, _reason);

    /// <summary>An empty page that notes what it should not do.</summary>
    internal async Task<WatchedPage> OpenAsync(ColorScheme colors = ColorScheme.Light, int width = 1280, int height = 860)
    {
        Need();
        var page = await _browser!.NewPageAsync(new BrowserNewPageOptions
        {
            ColorScheme = colors,
            ViewportSize = new ViewportSize { Width = width, Height = height },
        });
        page.SetDefaultTimeout(Patience);
        return new WatchedPage(page);
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
    }
}
