using System.Text.RegularExpressions;
using Late.Hosting.Dashboard.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Late.Hosting.Dashboard.Tests.Browser;

/// <summary>The page at the widths of phones, tablets and screens.</summary>
public sealed partial class WidthTests(ChromiumFixture chromium) : IClassFixture<ChromiumFixture>
{
    [BoundedTheory]
    [InlineData(375)]
    [InlineData(768)]
    [InlineData(1024)]
    [InlineData(1265)]
    [InlineData(1280)]
    [InlineData(1440)]
    public async Task The_whole_state_is_shown_and_nothing_is_wider_than_the_page(int width)
    {
        await using var page = await chromium.OpenAsync(ColorScheme.Light, width);
        await using var app = await StartAsync();
        await page.Page.GotoAsync(new Uri(app.Address, "/late").ToString());
        await Expect(page.Row("eu").Locator(".state")).ToContainTextAsync(Short());
        await Expect(page.Row("us").Locator(".state")).ToContainTextAsync(Long());
        await Expect(page.Row("well").Locator(".state")).ToContainTextAsync("Ready for ");

        // What is cut off has less room than content; each part lies inside its row and on no other column.
        var cut = await page.Page.EvaluateAsync<string[]>("""
            () => [...document.querySelectorAll("li.row")].flatMap(row => {
              const identity = row.querySelector(".identity").getBoundingClientRect();
              return [...row.querySelectorAll(".state, .state > *")]
                .filter(part => {
                  const { left, right, top, bottom } = part.getBoundingClientRect();
                  return part.scrollWidth > Math.ceil(part.getBoundingClientRect().width) || left < identity.left - 1 || right > identity.right + 1 || top < identity.top - 1 || bottom > identity.bottom + 1;
                })
                .map(part => `${part.className}: ${part.textContent}`);
            })
            """);
        await page.ShootAsync($"width-{width}");

        Assert.Empty(cut);
        await page.IsAccessibleAsync();
    }

    private static Task<DashboardApp> StartAsync() => DashboardApp.StartAsync(
        static services =>
        {
            services.AddLateConnection<QuietHandler>("eu").ToOwn("/soon");
            services.AddLateConnection<QuietHandler>("us").ToOwn("/late-in-the-day");
            services.AddLateConnection<QuietHandler>("well").ToOwn("/feed");
        },
        static application =>
        {
            application.MapLateDashboard();
            application.MapFeed();
            application.MapGet("/soon", static context => RefuseAsync(context, "50"));
            application.MapGet("/late-in-the-day", static context => RefuseAsync(context, "3599"));
        });

    private static Task RefuseAsync(HttpContext context, string retryAfter)
    {
        context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        context.Response.Headers.RetryAfter = retryAfter;
        return Task.CompletedTask;
    }

    [GeneratedRegex("^Reconnecting for [0-9]+ s · attempt [0-9]+ in [0-9.]+ s$")]
    private static partial Regex Short();

    [GeneratedRegex("^Reconnecting for [0-9]+ s · attempt [0-9]+ in [0-9]+ min [0-9]+ s$")]
    private static partial Regex Long();
}
