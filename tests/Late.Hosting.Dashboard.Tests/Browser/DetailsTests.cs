using Late.Hosting.Dashboard.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Late.Hosting.Dashboard.Tests.Browser;

/// <summary>What the details of a connection have.</summary>
public sealed class DetailsTests(ChromiumFixture chromium) : IClassFixture<ChromiumFixture>
{
    [BoundedFact]
    public async Task Lives_goodbyes_that_were_cut_short_and_refused_switches_are_shown_where_there_are_any()
    {
        await using var page = await chromium.OpenAsync();
        var directory = new ListedConnections();
        directory.List.Add(Connection("calm", new LateConnectionStatistics { Lives = 1 }));
        directory.List.Add(Connection("eventful", new LateConnectionStatistics { Lives = 3, GoodbyesCut = 1, SwitchesRefused = 2 }));
        await using var app = await DashboardApp.StartAsync(services => services.AddSingleton<ILateConnectionDirectory>(directory));
        await page.Page.GotoAsync(new Uri(app.Address, "/late").ToString());

        await OpenAsync(page, "calm");
        await OpenAsync(page, "eventful");

        await Expect(Fact(page, "eventful", "Lives")).ToHaveTextAsync("Lives3");
        await Expect(Fact(page, "eventful", "Goodbyes")).ToHaveTextAsync("Goodbyes1 cut short");
        await Expect(Fact(page, "eventful", "Switches")).ToHaveTextAsync("Switches2 refused");
        await Expect(Fact(page, "calm", "Attempts")).ToBeVisibleAsync();
        await Expect(Fact(page, "calm", "Goodbyes")).ToBeHiddenAsync();
        await Expect(Fact(page, "calm", "Switches")).ToBeHiddenAsync();
        Assert.Empty(page.Complaints);
    }

    [BoundedFact]
    public async Task Topics_are_shown_with_their_readers_rate_and_drops_where_there_are_any()
    {
        await using var page = await chromium.OpenAsync();
        var directory = new ListedConnections();
        directory.List.Add(Connection("calm", new LateConnectionStatistics { Lives = 1 }));
        directory.List.Add(Connection("fan-out", new LateConnectionStatistics { Lives = 1, Topics = 2, TopicReaders = 40, ItemsPublished = 1000, ItemsDropped = 6, ItemsUnread = 4 }));
        await using var app = await DashboardApp.StartAsync(services => services.AddSingleton<ILateConnectionDirectory>(directory));
        await page.Page.GotoAsync(new Uri(app.Address, "/late").ToString());

        await OpenAsync(page, "calm");
        await OpenAsync(page, "fan-out");

        await Expect(Fact(page, "fan-out", "Topics")).ToHaveTextAsync("Topics2, 40 readers, 0/s");
        await Expect(Fact(page, "fan-out", "Items unread")).ToHaveTextAsync("Items unread4");
        await Expect(Fact(page, "fan-out", "Items dropped")).ToHaveTextAsync("Items dropped6");
        await Expect(Fact(page, "calm", "Topics")).ToBeHiddenAsync();
        await Expect(Fact(page, "calm", "Items dropped")).ToBeHiddenAsync();
        Assert.Empty(page.Complaints);
    }

    [BoundedFact]
    public async Task The_oldest_call_is_shown_with_its_request_and_its_age_until_there_is_none()
    {
        await using var page = await chromium.OpenAsync();
        var directory = new ListedConnections();
        directory.List.Add(Connection("calls", new LateConnectionStatistics { CallsInProgress = 2, OldestCall = TimeSpan.FromSeconds(125.4), OldestCallRequest = "Subscribe" }));
        directory.List.Add(Connection("restores", new LateConnectionStatistics { CallsInProgress = 1, OldestCall = TimeSpan.FromMilliseconds(40.2) }));
        directory.List.Add(Connection("calm", new LateConnectionStatistics()));
        await using var app = await DashboardApp.StartAsync(services => services.AddSingleton<ILateConnectionDirectory>(directory));
        await page.Page.GotoAsync(new Uri(app.Address, "/late").ToString());
        await OpenAsync(page, "calls");
        await OpenAsync(page, "restores");
        await OpenAsync(page, "calm");

        await Expect(Fact(page, "calls", "Oldest call")).ToHaveTextAsync("Oldest callSubscribe for 2 min 5 s");
        await Expect(Fact(page, "restores", "Oldest call")).ToHaveTextAsync("Oldest callof the handler for 40 ms");
        await Expect(Fact(page, "calm", "Attempts")).ToBeVisibleAsync();
        await Expect(Fact(page, "calm", "Oldest call")).ToBeHiddenAsync();
        directory.List[0].Statistics = new LateConnectionStatistics();
        await Expect(Fact(page, "calls", "Oldest call")).ToBeHiddenAsync();
        Assert.Empty(page.Complaints);
    }

    private static ListedConnection Connection(string name, LateConnectionStatistics statistics)
    {
        var connection = new ListedConnection(name, TimeProvider.System) { Statistics = statistics };
        connection.Move(LateConnectionState.Ready, "The handler is ready for calls.");
        return connection;
    }

    private static Task OpenAsync(WatchedPage page, string name) => page.Row(name).GetByRole(AriaRole.Button).ClickAsync();

    private static ILocator Fact(WatchedPage page, string name, string label) =>
        page.Row(name).Locator(".fact").Filter(new LocatorFilterOptions { Has = page.Page.Locator("dt", new PageLocatorOptions { HasTextString = label }) });
}
