using Late.Hosting.Dashboard.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Late.Hosting.Dashboard.Tests.Browser;

/// <summary>What the page does of its own, whatever it shows.</summary>
public sealed class PageTests(ChromiumFixture chromium) : IClassFixture<ChromiumFixture>
{
    [BoundedFact]
    public async Task It_survives_a_restart_of_the_server()
    {
        await using var page = await chromium.OpenAsync();
        await using var gate = new TcpGate();
        var first = await StartAsync();
        gate.Open(first.Address);
        await page.Page.GotoAsync(new Uri(gate.Address, "/late").ToString());
        await Expect(page.Row("eu")).ToHaveAttributeAsync("data-state", "Ready");

        gate.Shut();
        await first.DisposeAsync();
        await Expect(page.Page.Locator("#lost")).ToContainTextAsync("Connection to the server lost, trying again");
        await page.ShootAsync("server-lost");

        await using var second = await StartAsync();
        gate.Open(second.Address);
        await Expect(page.Page.Locator("#lost")).ToBeHiddenAsync();
        await Expect(page.Row("eu")).ToHaveAttributeAsync("data-state", "Ready");
        await Expect(page.Page.Locator("#liveness")).ToContainTextAsync("live");
    }

    [BoundedFact]
    public async Task It_is_used_by_keyboard_alone()
    {
        await using var page = await chromium.OpenAsync();
        await using var app = await StartAsync();
        await page.Page.GotoAsync(new Uri(app.Address, "/late").ToString());
        var name = page.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "us", Exact = true });
        await Expect(name).ToHaveAttributeAsync("aria-expanded", "false");

        await page.Page.GetByRole(AriaRole.Searchbox).PressSequentiallyAsync("us");
        await Expect(page.Page.Locator("li.row")).ToHaveCountAsync(1);
        await page.Page.Keyboard.PressAsync("Tab");
        await Expect(page.Page.Locator("#sort")).ToBeFocusedAsync();
        await page.Page.Keyboard.PressAsync("Tab");
        await Expect(name).ToBeFocusedAsync();
        await page.Page.Keyboard.PressAsync("Enter");

        await Expect(name).ToHaveAttributeAsync("aria-expanded", "true");
        await Expect(page.Page.GetByRole(AriaRole.Region, new PageGetByRoleOptions { Name = "Details of us" })).ToBeVisibleAsync();
        Assert.Empty(page.Complaints);
    }

    private static Task<DashboardApp> StartAsync() => DashboardApp.StartAsync(
        static services =>
        {
            foreach (var name in (string[])["eu", "us"])
            {
                services.AddLateConnection<QuietHandler>(name).ToOwn("/feed");
            }
        },
        static application =>
        {
            application.MapLateDashboard();
            application.MapFeed();
        });
}
