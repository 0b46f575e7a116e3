using Late.Hosting.Connection.Lifecycle;
using Late.Hosting.Diagnostics;
using Late.Hosting.Observability;
using Late.Hosting.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Late.Hosting.Tests.Diagnostics;

public sealed class StatisticsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_connection_knows_what_it_has_done()
    {
        var handler = new ScriptedHandler
        {
            In = (_, _, _) => throw new FormatException("secret"),
            Call = (request, call, state, _) => call.Reply("") ? LateResult.Send(state, LateFrame.Text(request.Text)) : throw new InvalidOperationException(),
        };
        await using var host = new TestHost(handler);
        var statistics = Statistics(host);
        await host.StartAsync();
        (await host.Transport.AttemptAsync()).Refuse(System.Net.HttpStatusCode.BadGateway);
        await host.NextAttemptAsync();
        var socket = await host.Transport.AcceptAsync();
        await host.Client.WaitForReadyAsync(Token);
        var readySince = host.Time.GetUtcNow();
        await host.Client.CallAsync(new Ask("a"), Token);
        socket.Send("b", "c");
        await host.Handler.SkipToAsync("In b");
        await host.Client.CallAsync(new Ask("d"), Token);

        Assert.Equal((2, 1, 1), (statistics.Attempts, statistics.FailedAttempts, statistics.Sessions));
        Assert.Equal((2, 2, 2, 0), (statistics.FramesReceived, statistics.FramesSent, statistics.CallsEnded, statistics.CallsFailed));
        Assert.Equal((readySince, 0), (statistics.ReadySince, statistics.MailboxDepth));
        Assert.Equal(["Connecting", "Reconnecting", "Connecting", "Connected", "Ready"], statistics.RecentChanges.Select(static change => $"{change.State}"));
        Assert.Equal(
            ["Connection 'Forwarding' could not connect: it was refused with BadGateway.", "HandleInAsync threw FormatException.", "HandleInAsync threw FormatException."],
            statistics.RecentErrors.Select(static error => error.Text));
        socket.Drop();
        await host.WaitingUntilAsync();
        Assert.Null(statistics.ReadySince);
        Assert.Equal(("The connection broke.", host.Time.GetUtcNow()), (statistics.RecentErrors[^1].Text, statistics.RecentErrors[^1].At));
    }

    [Fact]
    public async Task What_waits_is_counted()
    {
        await using var host = new TestHost();
        var statistics = Statistics(host);
        var calls = Enumerable.Range(0, 3).Select(_ => host.Client.CallAsync(new Ask("a"), Token)).ToArray();
        Assert.Equal(3, statistics.MailboxDepth);
        await host.ReadyAsync();
        await Task.WhenAll(calls);
        Assert.Equal(0, statistics.MailboxDepth);
    }

    [Fact]
    public void The_percentiles_are_those_of_the_last_calls()
    {
        var calls = new RecentCalls(new ObservedTime());
        Assert.Equal((0, 0), calls.Percentiles());
        for (var i = 0; i < 1000; i++)
        {
            calls.Count(hasFailed: true);
            calls.Note(TimeSpan.FromSeconds(100));
        }

        for (var i = 256; i >= 1; i--)
        {
            calls.Count(hasFailed: false);
            calls.Note(TimeSpan.FromMilliseconds(i));
        }

        Assert.Equal((128, 254), calls.Percentiles());
        Assert.Equal((1256, 1000), (calls.Ended, calls.Failed));
    }

    [Fact]
    public void Of_more_than_1000_calls_within_10_ms_1000_are_measured()
    {
        var (time, measured) = (new ObservedTime(), 0);
        var calls = new RecentCalls(time);
        for (var i = 0; i < 8000; i++)
        {
            measured += calls.Measures(time.GetTimestamp()) ? 1 : 0;
            time.Advance(TimeSpan.FromMicroseconds(5));
        }

        Assert.Equal(4 * 1000, measured);
    }

    [Fact]
    public void A_list_of_recent_things_keeps_the_last()
    {
        var list = new RecentList<int>(capacity: 3);
        Assert.Empty(list.ToArray());
        for (var i = 1; i <= 5; i++)
        {
            list.Add(i);
        }

        Assert.Equal([3, 4, 5], list.ToArray());
    }

    [Fact]
    public async Task All_connections_are_found_in_the_order_of_their_registration()
    {
        await using var host = new TestHost(build: static connection => connection.Services.AddLateConnection<ForwardingHandler>("eu"));
        var directory = host.Services.GetRequiredService<ConnectionDirectory>();

        Assert.Equal(["Forwarding", "eu"], directory.Connections.Select(static connection => connection.Name));
        Assert.Same(host.Services.GetRequiredKeyedService<ConnectionCore>("eu"), directory.Find("EU"));
        Assert.Null(directory.Find("us"));
    }

    private static ConnectionStatistics Statistics(TestHost host) =>
        host.Services.GetRequiredService<ConnectionDirectory>().Connections.Single().Statistics;
}
