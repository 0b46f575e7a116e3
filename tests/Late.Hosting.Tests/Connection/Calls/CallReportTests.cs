using Late.Hosting.Connection.Mailboxes;
using Late.Hosting.Tests.Documentation;
using Late.Hosting.Tests.Support;

namespace Late.Hosting.Tests.Connection.Calls;

/// <summary>What exceptions and the directory report of the calls of a connection.</summary>
public sealed class CallReportTests
{
    private readonly ScriptedHandler _handler = new()
    {
        Call = static (_, _, state, _) => LateResult.Ok(state),
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task P6_the_exceptions_of_a_loss_report_what_waited_what_was_in_progress_and_since_when()
    {
        await using var host = new TestHost(_handler);
        var socket = await host.ReadyAsync();
        var (first, second) = (Call(host, "1"), Call(host, "2"));
        await _handler.SkipToAsync("Call 2");
        host.Time.Advance(TimeSpan.FromSeconds(3));
        var block = await BlockAsync(host);
        Task<string>[] waiting = [Call(host, "3"), Call(host, "4")];
        var statistics = host.Statistics;
        Assert.Equal((2, 2, TimeSpan.FromSeconds(3), "Ask"), (statistics.CallsWaiting, statistics.CallsInProgress, statistics.OldestCall, statistics.OldestCallRequest));
        socket.Drop();

        const string Report = "Its calls: 2 waiting, 2 in progress (the oldest for 3.0 s); not ready since 2026-01-01 00:00:03Z.";
        foreach (var call in waiting)
        {
            var error = await Assert.ThrowsAsync<LateDisconnectedException>(() => call);
            Assert.EndsWith($"Nothing was sent; it is safe to retry. {Report}", error.Message, StringComparison.Ordinal);
        }

        block.SetResult();
        var inProgress = await Assert.ThrowsAsync<LateDisconnectedException>(() => first);
        Assert.EndsWith("check before you retry. Its calls: 0 waiting, 2 in progress (the oldest for 3.0 s); not ready since 2026-01-01 00:00:03Z.", inProgress.Message, StringComparison.Ordinal);
        Assert.Equal(inProgress.Message, (await Assert.ThrowsAsync<LateDisconnectedException>(() => second)).Message);
    }

    [Fact]
    public async Task P6_a_timeout_reports_what_its_call_waited_behind()
    {
        await using var host = new TestHost(_handler, static options => (options.MaxConcurrentCalls, options.QueueTimeout, options.CallTimeout) = (1, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(9)));
        await host.ReadyAsync();
        var first = Call(host, "1");
        await _handler.SkipToAsync("Call 1");
        var second = Call(host, "2");
        host.Time.Advance(TimeSpan.FromSeconds(1));
        var third = Call(host, "3");
        host.Time.Advance(TimeSpan.FromSeconds(1));

        var error = await Assert.ThrowsAsync<LateCallTimeoutException>(() => second);
        Assert.EndsWith("Its calls: 2 waiting, 1 in progress (the oldest for 2.0 s).", error.Message, StringComparison.Ordinal);
        Assert.False(first.IsCompleted || third.IsCompleted);
    }

    [Fact]
    public async Task P6_a_timeout_counts_its_own_call_and_not_the_one_that_follows_it()
    {
        await using var host = new TestHost(_handler, static options => (options.MaxConcurrentCalls, options.KeepAliveInterval) = (1, TimeSpan.FromHours(1)));
        await host.ReadyAsync();
        var first = Call(host, "1");
        await _handler.SkipToAsync("Call 1");
        var second = Call(host, "2");
        host.Time.Advance(TimeSpan.FromSeconds(5));

        var error = await Assert.ThrowsAsync<LateCallTimeoutException>(() => first);
        Assert.EndsWith("Its calls: 1 waiting, 1 in progress (the oldest for 5.0 s).", error.Message, StringComparison.Ordinal);
        Assert.False(second.IsCompleted);
    }

    [Fact]
    public async Task P6_a_stop_reports_the_calls_that_it_ends_and_those_that_come_after_it()
    {
        await using var host = new TestHost(_handler);
        await host.ReadyAsync();
        var call = Call(host, "1");
        await _handler.SkipToAsync("Call 1");
        host.Time.Advance(TimeSpan.FromSeconds(3));
        await host.StopAsync(Token);

        var ended = await Assert.ThrowsAsync<LateStoppedException>(() => call);
        Assert.Contains(" Its calls: 0 waiting, 1 in progress (the oldest for 3.0 s); not ready since 2026-01-01 00:00:03Z.", ended.Message, StringComparison.Ordinal);
        var refused = await Assert.ThrowsAsync<LateStoppedException>(() => Call(host, "2"));
        Assert.Contains(" Its calls: 0 waiting, 0 in progress", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task P6_a_fault_reports_the_calls_that_it_refuses()
    {
        _handler.Info = static (_, state, _) => LateResult.Fault(state, "The account is closed.");
        await using var host = new TestHost(_handler);
        await host.ReadyAsync();
        await host.Client.PostAsync(new Note("fault"), Token);
        await host.StateAsync(LateConnectionState.Faulted);

        var error = await Assert.ThrowsAsync<LateFaultedException>(() => Call(host, "1"));
        Assert.Contains(" Its calls: 0 waiting, 0 in progress", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_oldest_call_is_the_one_that_began_first_and_not_the_one_that_the_handler_took_first()
    {
        LateCall<string>? first = null;
        _handler.Call = (_, call, state, _) =>
        {
            first ??= (LateCall<string>)call;
            return LateResult.Ok(state);
        };
        await using var host = new TestHost(_handler, static options =>
        {
            options.MaxConcurrentCallsByRequest[nameof(Ask)] = 1;
            (options.KeepAliveInterval, options.CallTimeout) = (TimeSpan.FromHours(1), TimeSpan.FromMinutes(5));
        });
        await host.ReadyAsync();
        _ = Call(host, "1");
        await _handler.SkipToAsync("Call 1");
        _ = Call(host, "2");
        host.Time.Advance(TimeSpan.FromSeconds(30));
        foreach (var text in new[] { "3", "4" })
        {
            _ = host.Client.CallAsync(new Watched(text), Token);
            await _handler.SkipToAsync($"Call {text}");
        }

        host.Time.Advance(TimeSpan.FromSeconds(1));
        first!.Reply("yes");
        await _handler.SkipToAsync("Call 2");
        await host.Client.PostAsync(new Note("after"), Token);
        await _handler.SkipToAsync("Info after");

        Assert.Equal((3, TimeSpan.FromSeconds(31)), (host.Statistics.CallsInProgress, host.Statistics.OldestCall));
    }

    [Fact]
    public void Every_exception_points_to_a_page_and_a_heading_that_exist()
    {
        Exception[] exceptions =
        [
            new LateDisconnectedException("a", "b"), new LateStoppedException("a", "b"), new LateFaultedException("a", "b"), new LateConnectException("a", "b"),
            new LateCallTimeoutException("a", "b"), new LateKeyInUseException("a", "b"), new LateConnectionLimitException("a", "b"),
        ];

        Assert.All(exceptions, static exception =>
        {
            var link = exception.HelpLink!.Split('#');
            Assert.Contains(link[1], Pages.Anchors(Repository.Read(link[0])));
        });
    }

    [Fact]
    public void Two_requests_of_one_name_have_limits_of_their_own()
    {
        var options = new LateConnectionOptions { MaxConcurrentCallsByRequest = { ["Ask"] = 2, ["Late.Hosting.Tests.Support.Ask"] = 1 } };

        Assert.True(RequestKind.Of<Ask>().TryGetLimit(options, out var limit));
        Assert.Equal(1, limit);
        Assert.True(RequestKind.Of<Elsewhere.Ask>().TryGetLimit(options, out limit));
        Assert.Equal(2, limit);
        Assert.NotSame(RequestKind.Of<Ask>(), RequestKind.Of<Elsewhere.Ask>());
        Assert.False(RequestKind.Of<Watched>().TryGetLimit(options, out _));
    }

    private static Task<string> Call(TestHost host, string text) => host.Client.CallAsync(new Ask(text), Token);

    private async Task<TaskCompletionSource> BlockAsync(TestHost host)
    {
        var block = new TaskCompletionSource();
        _handler.Info = async (_, state, _) =>
        {
            await block.Task;
            return LateResult.Ok(state);
        };
        await host.Client.PostAsync(new Note("blocks"), Token);
        await _handler.SkipToAsync("Info blocks");
        return block;
    }
}
