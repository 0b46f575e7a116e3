using System.Text.RegularExpressions;
using Late.Hosting.Dashboard.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using WorkerSample.Ticker;
using static Microsoft.Playwright.Assertions;

namespace Late.Hosting.Dashboard.Tests.Browser;

/// <summary>The sample's page, as a user sees it in a browser.</summary>
public sealed partial class SamplePageTests(ChromiumFixture chromium) : IClassFixture<ChromiumFixture>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [BoundedTheory]
    [InlineData("light", ColorScheme.Light, 1280)]
    [InlineData("dark", ColorScheme.Dark, 1280)]
    [InlineData("phone", ColorScheme.Light, 375)]
    public async Task Prices_flow_and_a_drop_is_seen_from_beginning_to_end(string name, ColorScheme colors, int width)
    {
        chromium.Need();
        await using var sample = new RunningSample();
        using var http = new HttpClient { BaseAddress = sample.Address };
        await using var page = await chromium.OpenAsync(colors, width);
        await page.Page.GotoAsync(new Uri(sample.Address, "/late").ToString());
        var row = page.Row("Ticker");

        await Expect(row).ToHaveAttributeAsync("data-state", "Ready");
        await Expect(row.Locator(".in .value")).ToHaveTextAsync(Flowing());
        await page.ShootAsync($"sample-ready-{name}");

        // Away until the test has seen it, however long that takes.
        (await http.PostAsync("/feed/drop?seconds=3600", content: null, Token)).EnsureSuccessStatusCode();
        await Expect(row).ToHaveAttributeAsync("data-state", "Reconnecting");
        await Expect(row.Locator(".next")).ToHaveTextAsync(Countdown());
        var counted = await row.Locator(".next").TextContentAsync();
        await Expect(row.Locator(".next")).Not.ToHaveTextAsync(counted!);
        await Expect(row.Locator(".errors li").First).ToContainTextAsync("503");
        await page.ShootAsync($"sample-reconnecting-{name}");

        (await http.PostAsync("/feed/drop", content: null, Token)).EnsureSuccessStatusCode();
        await sample.Services.GetRequiredService<ILateClient<TickerHandler>>().ReconnectAsync("the feed is back", Token);
        await Expect(row).ToHaveAttributeAsync("data-state", "Ready");
        await Expect(row.Locator(".in .value")).ToHaveTextAsync(Flowing());
        await Expect(row.Locator(".strip")).ToHaveAttributeAsync("aria-label", OneLoss());
        await page.ShootAsync($"sample-ready-again-{name}");

        Assert.Empty(page.Complaints);
        Assert.Equal([sample.Address.Host], page.Hosts.Keys);
        await page.IsAccessibleAsync();
    }

    [GeneratedRegex("^[1-9][0-9.]*/s · [0-9.]+ k?B/s$")]
    private static partial Regex Flowing();

    [GeneratedRegex("^· attempt [0-9]+ in ([0-9]+ min )?[0-9.]+ s$")]
    private static partial Regex Countdown();

    [GeneratedRegex("ready [0-9.]+ %, 1 loss$")]
    private static partial Regex OneLoss();
}
