using Late.Hosting.Dashboard.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Late.Hosting.Dashboard.Tests.Browser;

/// <summary>The page of an application with a thousand connections.</summary>
public sealed class CrowdPageTests(ChromiumFixture chromium) : IClassFixture<ChromiumFixture>
{
    [BoundedFact]
    public async Task A_thousand_connections_are_found_sorted_and_shown()
    {
        chromium.Need();
        await using var app = await Crowd.StartAsync();
        await using var page = await chromium.OpenAsync(height: 1000);
        await page.Page.GotoAsync(new Uri(app.Address, "/late").ToString());
        var rows = page.Page.Locator("li.row");
        var well = page.Page.Locator(".state-button[data-state=Ready] .figure");
        await Expect(well).ToHaveTextAsync($"{Crowd.Size - Crowd.Gone - Crowd.Away}");

        // The unhealthy ones come first, and at most a page of them is in the document.
        await Expect(rows).ToHaveCountAsync(50);
        await Expect(rows.Nth(Crowd.Gone - 1)).ToHaveAttributeAsync("data-state", "Faulted");
        await Expect(rows.Nth(Crowd.Gone)).ToHaveAttributeAsync("data-state", "Reconnecting");
        await Expect(rows.Nth(Crowd.Gone + Crowd.Away)).ToHaveAttributeAsync("data-state", "Ready");
        await page.ShootAsync("crowd-light", isFullPage: false);
        await page.Page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = ColorScheme.Dark });
        await page.ShootAsync("crowd-dark", isFullPage: false);
        await page.IsAccessibleAsync();
        await page.Page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = ColorScheme.Light });
        await page.Page.SetViewportSizeAsync(375, 860);
        await page.ShootAsync("crowd-phone", isFullPage: false);
        await page.IsAccessibleAsync();
        await page.Page.SetViewportSizeAsync(1280, 1000);

        await page.Page.Locator("#filter").FillAsync("sa-east-17");
        await Expect(rows).ToHaveCountAsync(11);
        await Expect(page.Page.Locator("#matches")).ToHaveTextAsync("11 of 1000");
        await page.Page.Locator("#filter").FillAsync("");
        await page.Page.Locator(".state-button[data-state=Faulted]").ClickAsync();
        await Expect(rows).ToHaveCountAsync(Crowd.Gone);
        await rows.First.GetByRole(AriaRole.Button).ClickAsync();
        await Expect(rows.First.Locator(".reason")).ToContainTextAsync("410");
        await page.ShootAsync("crowd-faulted", isFullPage: false);
        Assert.Empty(page.Complaints);
    }

    [BoundedFact]
    public async Task Ten_thousand_that_are_started_while_the_page_is_open_are_shown_and_go_when_they_are_stopped()
    {
        chromium.Need();
        const int Size = 10_000;
        await using var app = await DashboardApp.StartAsync(static services =>
        {
            // They wait for their permit, and cost nothing.
            services.AddLateConnectBudget("none", static options => options.PerSecond = 0.001);
            services.AddLateSupervisor<QuietHandler>(static options => options.Uri = new Uri("ws://127.0.0.1:9/")).UseConnectBudget("none");
        });
        await using var page = await chromium.OpenAsync(height: 1000);
        await page.Page.GotoAsync(new Uri(app.Address, "/late").ToString());
        await Expect(page.Page.Locator("#empty")).ToBeVisibleAsync();
        var supervisor = app.Services.GetRequiredService<ILateSupervisor<QuietHandler>>();
        await Task.WhenAll(Enumerable.Range(0, Size).Select(number => supervisor.StartAsync($"{number}")));

        var all = page.Page.Locator(".state-button[data-state=All] .figure");
        await Expect(all).ToHaveTextAsync("10,000");
        await Expect(page.Page.Locator("li.row")).ToHaveCountAsync(50);
        await supervisor.StopAsync("7");
        await Expect(all).ToHaveTextAsync("9,999");
        await page.Page.Locator("#filter").FillAsync("Quiet/77");
        await Expect(page.Page.Locator("#matches")).ToHaveTextAsync("111 of 9999");
        Assert.Empty(page.Complaints);
    }
}
