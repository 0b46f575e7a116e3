using System.Text.RegularExpressions;
using Late.Hosting.Dashboard.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Late.Hosting.Dashboard.Tests.Browser;

/// <summary>What is read on the page stays what and where it is, whatever the connections do.</summary>
public sealed class RowTests(ChromiumFixture chromium) : IClassFixture<ChromiumFixture>
{
    private const int Size = 7;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [BoundedTheory]
    [InlineData("health")]
    [InlineData("name")]
    [InlineData("framesIn")]
    public async Task Every_row_is_the_same_element_while_connections_change_their_state(string sort)
    {
        await using var page = await chromium.OpenAsync();
        var refuses = new Refusals();
        await using var app = await StartAsync(refuses);
        await OpenAsync(page, app);
        await page.Page.Locator("#sort").SelectOptionAsync(sort);
        await MarkAsync(page);

        for (var number = 0; number < Size; number++)
        {
            refuses.All = true;
            await ReconnectAsync(app, number, isReady: false);
            await Expect(page.Row($"c{number}")).ToHaveAttributeAsync("data-state", new Regex("Reconnecting|Connecting"));
            refuses.All = false;
            await ReconnectAsync(app, number);
            await Expect(page.Row($"c{number}")).ToHaveAttributeAsync("data-state", "Ready");
        }

        Assert.Equal(Size, await page.Page.EvaluateAsync<int>("[...document.querySelectorAll('li.row')].filter(row => row.marked).length"));
        Assert.Empty(page.Complaints);
    }

    [BoundedFact]
    public async Task An_open_row_keeps_its_details_its_scroll_positions_the_focus_and_the_selection()
    {
        await using var page = await chromium.OpenAsync(height: 500);
        await using var app = await StartAsync();
        await OpenAsync(page, app);
        for (var i = 0; i < 6; i++)
        {
            await ReconnectAsync(app, 3);
        }

        var row = page.Row("c3");
        await row.GetByRole(AriaRole.Button).ClickAsync();
        var changes = row.Locator(".changes");
        await Expect(changes.Locator("li").Nth(12)).ToBeAttachedAsync();
        await MarkAsync(page);

        // Reads an older change: focused, scrolled to, and its text selected.
        await changes.FocusAsync();
        await page.Page.EvaluateAsync("""
            () => {
              const list = document.querySelector(".changes");
              const read = list.children[8];
              list.scrollTop = read.offsetTop - list.offsetTop;
              read.marked = true;
              const range = document.createRange();
              range.selectNodeContents(read.querySelector(".text"));
              getSelection().removeAllRanges();
              getSelection().addRange(range);
            }
            """);
        var before = await ReadAsync(page);
        Assert.NotEqual("", before.Selected);

        for (var number = 0; number < Size; number++)
        {
            await ReconnectAsync(app, number);
            await Expect(page.Row($"c{number}").Locator(".strip")).ToHaveAttributeAsync("aria-label", new Regex(number == 3 ? ", 7 losses$" : ", 1 loss$"));
        }

        await Expect(changes.Locator("li").First.Locator("strong")).ToHaveTextAsync("Ready");
        await page.Page.Locator("#sort").SelectOptionAsync("name");
        await Expect(page.Page.Locator("li.row").Nth(3).GetByRole(AriaRole.Button)).ToHaveTextAsync("c3");
        await page.Page.Locator("#sort").SelectOptionAsync("framesOut");
        Assert.Equal(before, await ReadAsync(page) with { Focused = before.Focused });
        await page.Page.Locator("#filter").FillAsync("c5");
        await Expect(page.Page.Locator("li.row")).ToHaveCountAsync(1);
        await page.Page.Locator("#filter").FillAsync("");

        await Expect(page.Page.Locator("li.row")).ToHaveCountAsync(Size);
        await Expect(row.GetByRole(AriaRole.Button)).ToHaveAttributeAsync("aria-expanded", "true");
        Assert.Equal(before.Scrolled, (await ReadAsync(page)).Scrolled);
        Assert.Empty(page.Complaints);
    }

    [BoundedFact]
    public async Task A_focused_row_keeps_the_focus_and_stays_under_a_filter_that_it_no_longer_passes_until_another_is_chosen()
    {
        await using var page = await chromium.OpenAsync();
        var refuses = new Refusals();
        await using var app = await StartAsync(refuses);
        await OpenAsync(page, app);
        await page.Page.Locator(".state-button[data-state=Ready]").ClickAsync();
        var name = page.Row("c2").GetByRole(AriaRole.Button);
        await name.FocusAsync();

        refuses.All = true;
        await ReconnectAsync(app, 2, isReady: false);
        await Expect(page.Row("c2")).ToHaveAttributeAsync("data-state", "Reconnecting");
        await Expect(name).ToBeFocusedAsync();
        await Expect(page.Page.Locator("#matches")).ToHaveTextAsync("6 of 7");

        await page.Page.Locator("#sort").SelectOptionAsync("name");
        await Expect(page.Page.Locator("li.row")).ToHaveCountAsync(Size - 1);
        Assert.Empty(page.Complaints);
    }

    [BoundedFact]
    public async Task A_focused_button_of_a_state_stays_that_of_its_state()
    {
        await using var page = await chromium.OpenAsync();
        var refuses = new Refusals();
        await using var app = await StartAsync(refuses);
        await OpenAsync(page, app);
        var ready = page.Page.Locator(".state-button[data-state=Ready]");
        await ready.FocusAsync();

        refuses.All = true;
        await ReconnectAsync(app, 2, isReady: false);
        await Expect(page.Page.Locator(".state-button[data-state=Reconnecting]")).ToBeVisibleAsync();

        await Expect(ready).ToBeFocusedAsync();
    }

    private static Task<DashboardApp> StartAsync(Refusals? refuses = null) => DashboardApp.StartAsync(
        static services =>
        {
            for (var number = 0; number < Size; number++)
            {
                services.AddLateConnection<QuietHandler>($"c{number}").ToOwn("/feed");
            }
        },
        application =>
        {
            application.MapLateDashboard();
            application.Use((context, next) =>
            {
                if (context.Request.Path == "/feed" && refuses?.All == true)
                {
                    context.Response.StatusCode = 503;
                    return Task.CompletedTask;
                }

                return next(context);
            });
            application.MapFeed();
        });

    private static async Task OpenAsync(WatchedPage page, DashboardApp app)
    {
        await page.Page.GotoAsync(new Uri(app.Address, "/late").ToString());
        await Expect(page.Page.Locator("li.row[data-state=Ready]")).ToHaveCountAsync(Size);
    }

    private static async Task MarkAsync(WatchedPage page) => await page.Page.EvaluateAsync("document.querySelectorAll('li.row').forEach(row => row.marked = true)");

    private static async Task ReconnectAsync(DashboardApp app, int number, bool isReady = true)
    {
        var client = app.Services.GetRequiredKeyedService<ILateClient<QuietHandler>>($"c{number}");
        await client.ReconnectAsync("the test wants it", Token);
        if (isReady)
        {
            await client.WaitForReadyAsync(Token);
        }
    }

    // Where the marked change is seen in its list, what has the focus, and what is selected.
    private static async Task<Reading> ReadAsync(WatchedPage page)
    {
        var read = await page.Page.EvaluateAsync<string[]>("""
            () => {
              const list = document.querySelector(".changes");
              const read = [...list.children].find(child => child.marked);
              return [`${Math.round(read.offsetTop - list.offsetTop - list.scrollTop)}`, document.activeElement.className, getSelection().toString()];
            }
            """);
        return new Reading(read[0], read[1], read[2]);
    }

    private sealed record Reading(string Scrolled, string Focused, string Selected);

    private sealed class Refusals
    {
        public bool All { get; set; }
    }
}
