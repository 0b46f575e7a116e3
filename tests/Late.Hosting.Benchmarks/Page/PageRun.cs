using System.Diagnostics;
using System.Globalization;
using Late.Hosting.Dashboard.Tests.Browser;
using Microsoft.Playwright;

namespace Late.Hosting.Benchmarks.Page;

/// <summary>What the page costs: the host that serves it, and the browser that shows it.</summary>
internal static class PageRun
{
    private const int Busy = 1_000;
    private const int Waiting = 10_000;
    private const int Rounds = 5;

    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(5);

    public static async Task RunAsync()
    {
        using var playwright = await Playwright.CreateAsync();
        var (browser, reason) = await Chromium.LaunchAsync(playwright);
        if (browser is null)
        {
            Console.Error.WriteLine(reason);
        }

        await using (var app = await PageApp.StartAsync(Busy, areReady: true))
        {
            await HostShareAsync(); // Warms up.
            var rounds = new List<double>();
            for (int round = 0; round < Rounds; round++)
            {
                double alone = await HostShareAsync();
                rounds.Add(await WithPageOpenAsync(app) - alone);
            }

            Report($"host, {Busy} busy connections: what an open page adds, of a core, median of {Rounds}", rounds.Order().ElementAt(Rounds / 2));
            await ReportBrowserAsync(browser, app, $"browser, {Busy} busy connections");
        }

        await using (var app = await PageApp.StartAsync(Waiting, areReady: false))
        {
            await ReportBrowserAsync(browser, app, $"browser, {Waiting} connections that wait");
        }

        if (browser is not null)
        {
            await browser.DisposeAsync();
        }
    }

    private static async Task<double> WithPageOpenAsync(PageApp app)
    {
        using var http = new HttpClient();
        await using var stream = await http.GetStreamAsync(new Uri(app.Page, "/late/stream"));
        using var closed = new CancellationTokenSource();
        var reading = stream.CopyToAsync(Stream.Null, closed.Token);
        double share = await HostShareAsync();
        await closed.CancelAsync();
        await reading.ContinueWith(static _ => { }, TaskScheduler.Default);
        return share;
    }

    private static void Report(string what, double share) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}: {100 * share:0.0} %"));

    /// <summary>How much of a core this process takes.</summary>
    private static async Task<double> HostShareAsync()
    {
        var (before, began) = (Environment.CpuUsage.TotalTime, Stopwatch.GetTimestamp());
        await Task.Delay(s_look, TimeProvider.System);
        return (Environment.CpuUsage.TotalTime - before) / Stopwatch.GetElapsedTime(began);
    }

    /// <summary>How much of the time the page's thread is at work: above half of it, scrolling and typing would stutter.</summary>
    private static async Task ReportBrowserAsync(IBrowser? browser, PageApp app, string what)
    {
        if (browser is null)
        {
            return;
        }

        var page = await browser.NewPageAsync(new BrowserNewPageOptions { ViewportSize = new ViewportSize { Width = 1280, Height = 1000 } });
        await page.GotoAsync(app.Page.ToString());
        await page.Locator("li.row").Nth(49).WaitForAsync(new LocatorWaitForOptions { Timeout = 0 });
        var session = await page.Context.NewCDPSessionAsync(page);
        await session.SendAsync("Performance.enable");
        var before = await MetricsAsync(session);
        await Task.Delay(s_look, TimeProvider.System);
        var after = await MetricsAsync(session);
        Report($"{what}: share of the page's thread", (after["TaskDuration"] - before["TaskDuration"]) / (after["Timestamp"] - before["Timestamp"]));
        await page.CloseAsync();
    }

    private static async Task<Dictionary<string, double>> MetricsAsync(ICDPSession session) =>
        (await session.SendAsync("Performance.getMetrics"))!.Value.GetProperty("metrics").EnumerateArray()
            .ToDictionary(static metric => metric.GetProperty("name").GetString()!, static metric => metric.GetProperty("value").GetDouble());
}
