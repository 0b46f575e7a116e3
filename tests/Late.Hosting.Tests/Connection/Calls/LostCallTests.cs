using Late.Hosting.Tests.Support;

namespace Late.Hosting.Tests.Connection.Calls;

/// <summary><see cref="LateCallOptions.WhenLost"/>: calls whose session is lost before the handler has them.</summary>
public sealed class LostCallTests
{
    private static readonly TimeSpan s_callTimeout = TimeSpan.FromSeconds(5);
    private static readonly LateCallOptions s_waits = new() { WhenLost = LateWhenLost.Wait };

    private readonly LatePendingCalls _pending = new();
    private readonly ScriptedHandler _handler;
    private readonly TaskCompletionSource _isBlocked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource _block = new();

    public LostCallTests()
    {
        _handler = NumberedCalls.Handler(_pending);
        _handler.Info = async (_, state, _) =>
        {
            var block = _block;
            _isBlocked.SetResult();
            await block.Task;
            return LateResult.Ok(state);
        };
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task P6_calls_that_wait_when_their_session_is_lost_go_into_the_next_in_their_order_and_before_later_ones()
    {
        await using var host = new TestHost(_handler, static options => options.MailboxCapacity = 3);
        var socket = await host.ReadyAsync();
        await BlockAsync(host);
        var failing = Enumerable.Range(0, 1).Select(_ => Call(host, "failing", default)).ToArray();
        var calls = Enumerable.Range(1, 2).Select(i => Call(host, $"{i}")).ToList();

        // There is no room for these.
        calls.Add(Call(host, "3", s_waits with { WhenNotReady = LateWhenNotReady.Fail }));
        calls.Add(Call(host, "4"));
        socket.Drop();
        Assert.Equal(LateDelivery.NotDelivered, (await Assert.ThrowsAsync<LateDisconnectedException>(() => failing[0])).Delivery);
        calls.Add(Call(host, "5"));

        socket = await NextAsync(host);
        await AnswerAsync(socket, calls, first: 1);
    }

    [Fact]
    public async Task P6_they_keep_their_order_when_the_next_session_is_lost_too()
    {
        await using var host = new TestHost(_handler, static options => options.MailboxCapacity = 3);
        var socket = await host.ReadyAsync();
        await BlockAsync(host);
        var calls = Enumerable.Range(1, 6).Select(i => Call(host, $"{i}")).ToList();
        var taken = _handler.Call;
        _handler.Call = async (request, call, state, token) =>
        {
            _handler.Call = taken;
            await _block.Task;
            return await taken(request, call, state, token);
        };
        socket.Drop();
        await host.StateAsync(LateConnectionState.Reconnecting);
        socket = await NextAsync(host, blocks: true);
        await _handler.SkipToAsync("Call 1");
        socket.Drop();
        await host.StateAsync(LateConnectionState.Reconnecting);

        socket = await NextAsync(host);
        Assert.Equal(LateDelivery.Unknown, (await Assert.ThrowsAsync<LateDisconnectedException>(() => calls[0])).Delivery);
        await AnswerAsync(socket, calls[1..], first: 2);
    }

    [Fact]
    public async Task P5_its_time_runs_on_while_there_is_no_session()
    {
        await using var host = new TestHost(_handler);
        var socket = await host.ReadyAsync();
        await BlockAsync(host);
        var call = Call(host, "late");
        host.Time.Advance(s_callTimeout / 2);
        socket.Drop();
        await host.StateAsync(LateConnectionState.Reconnecting);
        host.Time.Advance((s_callTimeout / 2) - TimeSpan.FromTicks(1));
        Assert.False(call.IsCompleted);
        host.Time.Advance(TimeSpan.FromTicks(1));

        Assert.Equal(LateDelivery.NotDelivered, (await Assert.ThrowsAsync<LateCallTimeoutException>(() => call)).Delivery);
        _block.SetResult();
    }

    [Fact]
    public async Task P6_a_call_that_the_handler_has_is_in_no_other_session()
    {
        await using var host = new TestHost(_handler);
        var socket = await host.ReadyAsync();
        var taken = Call(host, "taken");
        await socket.SentAsync();
        socket.Drop();

        Assert.Equal(LateDelivery.Unknown, (await Assert.ThrowsAsync<LateDisconnectedException>(() => taken)).Delivery);
        await host.NextAttemptAsync();
        var next = await host.Transport.AcceptAsync();
        await AnswerAsync(next, [Call(host, "1")], first: 1);
    }

    [Fact]
    public async Task A_call_that_waits_again_keeps_its_slot_and_the_time_that_began_with_it()
    {
        await using var host = new TestHost(_handler, static options => (options.MaxConcurrentCalls, options.QueueTimeout) = (1, TimeSpan.FromSeconds(4)));
        var socket = await host.ReadyAsync();
        await BlockAsync(host);
        Task<string>[] calls = [Call(host, "1"), Call(host, "2")];
        socket.Drop();
        await host.StateAsync(LateConnectionState.Reconnecting);
        host.Time.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal(LateDelivery.NotDelivered, (await Assert.ThrowsAsync<LateCallTimeoutException>(() => calls[1])).Delivery);
        Assert.False(calls[0].IsCompleted);

        socket = await NextAsync(host);
        Assert.Equal("1 1", await socket.SentAsync());
        var next = Call(host, "3");
        await host.Client.SendAsync(LateFrame.Text("mark"), Token);
        Assert.Equal("mark", await socket.SentAsync());
        socket.Send("1 yes");
        Assert.Equal("yes", await calls[0]);

        // It has given back its only slot: the next call is taken before what comes after it.
        await _handler.SkipToAsync("In 1 yes");
        await host.Client.PostAsync(new Note("after"), Token);
        Assert.Equal("Call 3", await _handler.NextAsync());
        Assert.Equal("2 3", await socket.SentAsync());
        socket.Send("2 yes");
        Assert.Equal("yes", await next);
    }

    [Fact]
    public async Task P5_it_ends_with_its_callers_cancellation_and_with_the_connection()
    {
        await using var host = new TestHost(_handler);
        var socket = await host.ReadyAsync();
        await BlockAsync(host);
        using var caller = new CancellationTokenSource();
        var canceled = host.Client.CallAsync(new Ask("canceled"), s_waits, caller.Token);
        var stopped = Call(host, "stopped");
        socket.Drop();
        await host.StateAsync(LateConnectionState.Reconnecting);
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => canceled);
        Assert.False(stopped.IsCompleted);
        Assert.Equal(1, host.Statistics.CallsWaiting);
        _block.SetResult();
        await host.StopAsync(Token);

        Assert.Equal(LateDelivery.NotDelivered, (await Assert.ThrowsAsync<LateStoppedException>(() => stopped)).Delivery);
        Assert.DoesNotContain("Call canceled", _handler.Trace());
    }

    [Fact]
    public async Task P4_a_frame_that_is_sent_waits_for_no_other_session()
    {
        await using var host = new TestHost(_handler);
        await host.ReadyAsync();

        var misuse = await Assert.ThrowsAsync<ArgumentException>(() => host.Client.SendAsync(LateFrame.Text("frame"), s_waits, Token).AsTask());
        Assert.Contains("WhenLost", misuse.Message, StringComparison.Ordinal);
    }

    private static async Task AnswerAsync(FakeSocket socket, List<Task<string>> calls, int first)
    {
        for (var i = first; i < first + calls.Count; i++)
        {
            var words = (await socket.SentAsync()).Split(' ');
            Assert.Equal($"{i}", words[1]);
            socket.Send($"{words[0]} {words[1]}");
        }

        Assert.Equal(Enumerable.Range(first, calls.Count).Select(static i => $"{i}"), await Task.WhenAll(calls));
    }

    private static Task<string> Call(TestHost host, string text) => Call(host, text, s_waits);

    private static Task<string> Call(TestHost host, string text, LateCallOptions options) => host.Client.CallAsync(new Ask(text), options, Token);

    /// <summary>A callback runs until the next session, so that what comes is admitted and not taken.</summary>
    private async Task BlockAsync(TestHost host)
    {
        await host.Client.PostAsync(new Note("blocks"), Token);
        await _isBlocked.Task;
    }

    private async Task<FakeSocket> NextAsync(TestHost host, bool blocks = false)
    {
        var block = _block;
        _block = blocks ? new() : _block;
        block.SetResult();
        await host.NextAttemptAsync();
        return await host.Transport.AcceptAsync();
    }
}
