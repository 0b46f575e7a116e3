using Late.Hosting.Tests.Support;

namespace Late.Hosting.Tests.Connection.Calls;

/// <summary>When the slot of a call is free whose caller has gone: <see cref="LateConnectionOptions.MaxConcurrentCalls"/>.</summary>
public sealed class CallSlotEndTests
{
    private static readonly TimeSpan s_callTimeout = TimeSpan.FromSeconds(5);

    private readonly LatePendingCalls _pending = new();
    private readonly ScriptedHandler _handler;
    private readonly TaskCompletionSource _isHeld = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _hold = new();

    public CallSlotEndTests() => _handler = NumberedCalls.Handler(_pending);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null)]
    [InlineData(60)]
    public async Task A_canceled_call_keeps_its_slot_for_CallTimeout_at_most_however_long_its_own_timeout_is(int? seconds)
    {
        var timeout = seconds is { } own ? TimeSpan.FromSeconds(own) : Timeout.InfiniteTimeSpan;
        await using var host = Host();
        var socket = await host.ReadyAsync();
        using var caller = new CancellationTokenSource();
        var canceled = host.Client.CallAsync(new Ask("canceled"), new LateCallOptions { Timeout = timeout }, caller.Token);
        Assert.Equal("1 canceled", await socket.SentAsync());
        host.Time.Advance(2 * s_callTimeout);
        var next = Call(host, "next");
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => canceled);

        host.Time.Advance(s_callTimeout - TimeSpan.FromTicks(1));
        await host.Client.PostAsync(new Note("post"), Token);
        await _handler.SkipToAsync("Info post");
        Assert.False(socket.TrySent(out _));
        host.Time.Advance(TimeSpan.FromTicks(1));
        await host.Client.PostAsync(new Note("after"), Token);
        Assert.Equal("Call next", await _handler.NextAsync());
        Assert.Equal("2 next", await socket.SentAsync());
        Assert.Equal(1, _pending.Count);
        socket.Send("2 yes");
        Assert.Equal("yes", await next);
    }

    [Fact]
    public async Task A_canceled_call_keeps_its_slot_for_its_own_timeout_where_that_is_shorter()
    {
        await using var host = Host();
        var socket = await host.ReadyAsync();
        using var caller = new CancellationTokenSource();
        var canceled = host.Client.CallAsync(new Ask("canceled"), new LateCallOptions { Timeout = TimeSpan.FromSeconds(2) }, caller.Token);
        var next = Call(host, "next");
        Assert.Equal("1 canceled", await socket.SentAsync());
        host.Time.Advance(TimeSpan.FromSeconds(1));
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => canceled);
        host.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal("2 next", await socket.SentAsync());
        socket.Send("2 yes");
        Assert.Equal("yes", await next);
    }

    [Theory]
    [InlineData("timeout")]
    [InlineData("cancellation, then CallTimeout")]
    [InlineData("cancellation, then a reply")]
    public async Task P19_a_slot_is_kept_until_a_slow_HandleCall_has_completed_and_its_end_is_notified(string end)
    {
        HoldFirst(static () => { });
        _handler.CallEnd = static (ended, state, _) => LateResult.Send(state, LateFrame.Text($"cancel {ended.Request.Text}")).ReleaseSlot();
        await using var host = Host();
        var socket = await host.ReadyAsync();
        using var caller = new CancellationTokenSource();
        var first = host.Client.CallAsync(new Watched("first"), caller.Token);
        var next = Call(host, "next");
        await _isHeld.Task;
        await EndAsync(host, caller, first, end);
        if (end == "cancellation, then a reply")
        {
            Assert.False(_pending.Reply(1, "late"));
        }

        _hold.SetResult();
        Assert.Equal(["1 first", "cancel first", "2 next"], [await socket.SentAsync(), await socket.SentAsync(), await socket.SentAsync()]);
        Assert.Equal(["Init", "Connect", "Call first", $"CallEnd first {(end == "timeout" ? "TimedOut" : "Canceled")}", "Call next"], _handler.Trace());
        Assert.Equal(1, _pending.Count);
        socket.Send("2 yes");
        Assert.Equal("yes", await next);
    }

    [Theory]
    [InlineData("timeout")]
    [InlineData("cancellation, then CallTimeout")]
    public async Task A_slot_is_free_when_a_slow_HandleCall_throws_after_its_call_has_ended(string end)
    {
        HoldFirst(static () => throw new FormatException("late"));
        await using var host = Host();
        var socket = await host.ReadyAsync();
        using var caller = new CancellationTokenSource();
        var first = host.Client.CallAsync(new Watched("first"), caller.Token);
        var next = Call(host, "next");
        await _isHeld.Task;
        await EndAsync(host, caller, first, end);
        _hold.SetResult();

        Assert.Equal("2 next", await socket.SentAsync());
        Assert.Equal(1, _pending.Count);
        socket.Send("2 yes");
        Assert.Equal("yes", await next);
        Assert.DoesNotContain(_handler.Trace(), static callback => callback.StartsWith("CallEnd", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_slot_is_free_when_its_session_ends_with_a_slow_HandleCall_whose_call_has_ended()
    {
        HoldFirst(static () => { });
        await using var host = Host();
        var socket = await host.ReadyAsync();
        var first = host.Client.CallAsync(new Watched("first"), Token);
        await _isHeld.Task;
        host.Time.Advance(s_callTimeout);
        await Assert.ThrowsAsync<LateCallTimeoutException>(() => first);
        socket.Drop();
        await host.StateAsync(LateConnectionState.Reconnecting);
        _hold.SetResult();
        await host.NextAttemptAsync();
        socket = await host.Transport.AcceptAsync();
        await host.Client.WaitForReadyAsync(Token);
        var next = Call(host, "next");

        Assert.Equal("2 next", await socket.SentAsync());
        Assert.Equal(1, _pending.Count);
        socket.Send("2 yes");
        Assert.Equal("yes", await next);
    }

    [Fact]
    public async Task A_slow_HandleCall_of_a_handler_that_is_not_notified_gives_back_its_slot()
    {
        HoldFirst(static () => { });
        await using var host = Host();
        var socket = await host.ReadyAsync();
        var (first, next) = (Call(host, "first"), Call(host, "next"));
        await _isHeld.Task;
        host.Time.Advance(s_callTimeout);
        await Assert.ThrowsAsync<LateCallTimeoutException>(() => first);
        _hold.SetResult();

        Assert.Equal(["1 first", "2 next"], [await socket.SentAsync(), await socket.SentAsync()]);
        socket.Send("2 yes");
        Assert.Equal("yes", await next);
    }

    private TestHost Host() => new(_handler, static options => (options.MaxConcurrentCalls, options.KeepAliveInterval) = (1, TimeSpan.FromHours(1)));

    private void HoldFirst(Action then)
    {
        var taken = _handler.Call;
        _handler.Call = async (request, call, state, token) =>
        {
            var result = await taken(request, call, state, token);
            if (request.Text == "first")
            {
                _isHeld.SetResult();
                await _hold.Task;
                then();
            }

            return result;
        };
    }

    private static async Task EndAsync(TestHost host, CancellationTokenSource caller, Task<string> call, string end)
    {
        if (end != "timeout")
        {
            await caller.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        }

        if (end != "cancellation, then a reply")
        {
            host.Time.Advance(s_callTimeout);
            await Assert.ThrowsAnyAsync<Exception>(() => call);
        }
    }

    private static Task<string> Call(TestHost host, string text) => host.Client.CallAsync(new Ask(text), Token);
}
