using Late.Hosting.Tests.Support;

namespace Late.Hosting.Tests.Connection.Calls;

/// <summary>Promise P19: the handler learns that a call that it has taken ended without its reply.</summary>
public sealed class CallEndTests
{
    private static readonly TimeSpan s_callTimeout = TimeSpan.FromSeconds(5);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(LateCallEndReason.TimedOut)]
    [InlineData(LateCallEndReason.Canceled)]
    public async Task P19_the_end_of_a_call_reaches_the_handler_once_with_its_key_and_its_frames_reach_the_server(LateCallEndReason reason)
    {
        var (handler, pending) = Keeping();
        await using var host = new TestHost(handler);
        var socket = await host.ReadyAsync();
        using var caller = new CancellationTokenSource();
        var call = host.Client.CallAsync(new Watched("a"), caller.Token);
        Assert.Equal("1", await socket.SentAsync());
        await EndAsync(host, caller, reason);

        Assert.Equal($"end 1 of a: {reason}", await socket.SentAsync());
        await Assert.ThrowsAnyAsync<Exception>(() => call);
        Assert.Equal("after", await ReplyOf(host, socket, "after"));
        Assert.Equal(["Init", "Connect", "Call a", $"CallEnd a {reason}", "Call after", "In reply after"], handler.Trace());
        Assert.Equal(0, pending.Count);
    }

    [Fact]
    public async Task P19_a_call_that_is_replied_to_or_failed_has_no_end()
    {
        var (handler, pending) = Keeping();
        await using var host = new TestHost(handler);
        var socket = await host.ReadyAsync();
        var replied = host.Client.CallAsync(new Watched("replied"), Token);
        pending.Reply(int.Parse(await socket.SentAsync(), null), "yes");
        var failed = host.Client.CallAsync(new Watched("failed"), Token);
        pending.Fail(int.Parse(await socket.SentAsync(), null), new FormatException());
        host.Time.Advance(2 * s_callTimeout);

        Assert.Equal("yes", await replied);
        await Assert.ThrowsAsync<FormatException>(() => failed);
        await host.Client.PostAsync(new Note("after"), Token);
        await handler.SkipToAsync("Call failed");
        Assert.Equal("Info after", await handler.NextAsync());
    }

    [Theory]
    [InlineData(LateCallEndReason.TimedOut)]
    [InlineData(LateCallEndReason.Canceled)]
    public async Task P19_a_call_that_ends_during_its_HandleCall_is_ended_for_the_handler_after_it(LateCallEndReason reason)
    {
        var (handler, _) = Keeping();
        var (taken, hold) = (handler.Call, new TaskCompletionSource());
        handler.Call = async (request, call, state, token) =>
        {
            await hold.Task;
            return await taken(request, call, state, token);
        };
        await using var host = new TestHost(handler);
        var socket = await host.ReadyAsync();
        using var caller = new CancellationTokenSource();
        var call = host.Client.CallAsync(new Watched("a"), caller.Token);
        await handler.SkipToAsync("Call a");
        await EndAsync(host, caller, reason);
        await Assert.ThrowsAnyAsync<Exception>(() => call);
        await host.Client.PostAsync(new Note("post"), Token);
        Assert.Empty(handler.Trace());
        hold.SetResult();

        Assert.Equal("1", await socket.SentAsync());
        Assert.Equal($"end 1 of a: {reason}", await socket.SentAsync());
        Assert.Equal(["Info post", $"CallEnd a {reason}"], handler.Trace());
    }

    [Fact]
    public async Task P19_a_call_whose_HandleCall_throws_was_not_taken_and_has_no_end()
    {
        var hold = new TaskCompletionSource();
        var handler = new ScriptedHandler
        {
            Call = async (_, _, _, _) =>
            {
                await hold.Task;
                throw new FormatException("late");
            },
        };
        await using var host = new TestHost(handler);
        await host.ReadyAsync();
        var call = host.Client.CallAsync(new Watched("a"), Token);
        await handler.SkipToAsync("Call a");
        host.Time.Advance(s_callTimeout);
        await Assert.ThrowsAsync<LateCallTimeoutException>(() => call);
        hold.SetResult();
        await host.Client.PostAsync(new Note("after"), Token);

        Assert.Equal("Info after", await handler.NextAsync());
        await host.LoggedAsync("CallbackThrew");
    }

    [Fact]
    public async Task P19_calls_that_a_disconnect_ends_have_no_end_of_their_own()
    {
        var (handler, pending) = Keeping();
        await using var host = new TestHost(handler);
        var socket = await host.ReadyAsync();
        var call = host.Client.CallAsync(new Watched("a"), Token);
        await socket.SentAsync();
        socket.Drop();
        await Assert.ThrowsAsync<LateDisconnectedException>(() => call);
        await host.NextAttemptAsync();
        await host.Transport.AcceptAsync();
        await host.Client.WaitForReadyAsync(Token);

        Assert.Equal(["Init", "Connect", "Call a", "Disconnect ConnectionLost", "Connect"], handler.Trace());
        Assert.Equal(0, pending.Count);
    }

    [Fact]
    public async Task P19_an_end_that_waits_for_a_callback_is_dropped_with_its_session()
    {
        var (handler, _) = Keeping();
        var hold = new TaskCompletionSource();
        handler.Info = async (_, state, _) =>
        {
            await hold.Task;
            return LateResult.Ok(state);
        };
        await using var host = new TestHost(handler);
        var socket = await host.ReadyAsync();
        var call = host.Client.CallAsync(new Watched("a"), Token);
        await socket.SentAsync();
        await host.Client.PostAsync(new Note("blocks"), Token);
        await handler.SkipToAsync("Info blocks");
        host.Time.Advance(s_callTimeout);
        await Assert.ThrowsAsync<LateCallTimeoutException>(() => call);
        socket.Drop();
        await host.StateAsync(LateConnectionState.Reconnecting);
        hold.SetResult();
        await host.NextAttemptAsync();
        await host.Transport.AcceptAsync();
        await host.Client.WaitForReadyAsync(Token);

        Assert.Equal(["Disconnect ConnectionLost", "Connect"], handler.Trace());
    }

    [Fact]
    public async Task P19_P16_an_end_takes_no_room_and_runs_before_the_next_frame()
    {
        const int Frames = 100;
        var (handler, _) = Keeping();
        var first = new TaskCompletionSource();
        handler.In = async (frame, state, _) =>
        {
            if (frame.GetText() == "first")
            {
                await first.Task;
            }

            return LateResult.Ok(state);
        };
        await using var host = new TestHost(handler, static options => options.MailboxCapacity = 1);
        var socket = await host.ReadyAsync();
        var call = host.Client.CallAsync(new Watched("a"), Token);
        await socket.SentAsync();
        socket.Send("first");
        await handler.SkipToAsync("In first");
        socket.Send([.. Enumerable.Range(0, Frames).Select(static i => $"{i}")]);
        await host.Client.PostAsync(new Note("takes the room"), Token);
        host.Time.Advance(s_callTimeout);
        await Assert.ThrowsAsync<LateCallTimeoutException>(() => call);
        first.SetResult();

        Assert.Equal("Info takes the room", await handler.NextAsync());
        Assert.Equal("CallEnd a TimedOut", await handler.NextAsync());
        for (var i = 0; i < Frames; i++)
        {
            Assert.Equal($"In {i}", await handler.NextAsync());
        }
    }

    [Theory]
    [InlineData(LateHandlerErrorBehavior.Continue)]
    [InlineData(LateHandlerErrorBehavior.Restart)]
    public async Task P19_P2_what_the_callback_throws_is_handled_by_HandlerErrors(LateHandlerErrorBehavior policy)
    {
        var (handler, _) = Keeping();
        handler.CallEnd = (_, _, _) => throw new FormatException("bad end");
        await using var host = new TestHost(handler, options => options.HandlerErrors = policy);
        var socket = await host.ReadyAsync();
        var call = host.Client.CallAsync(new Watched("a"), Token);
        await socket.SentAsync();
        host.Time.Advance(s_callTimeout);
        await Assert.ThrowsAsync<LateCallTimeoutException>(() => call);

        await host.LoggedAsync("CallbackThrew");
        if (policy == LateHandlerErrorBehavior.Continue)
        {
            Assert.Equal("after", await ReplyOf(host, socket, "after"));
        }
        else
        {
            Assert.Equal(1011, (await socket.Closed).Code);
        }
    }

    internal static (ScriptedHandler Handler, LatePendingCalls Pending) Keeping()
    {
        var pending = new LatePendingCalls();
        return (new ScriptedHandler
        {
            Call = (_, call, state, _) => LateResult.Send(state, LateFrame.Text($"{pending.Add(call)}")),
            CallEnd = (end, state, _) => LateResult.Send(state, LateFrame.Text(
                $"end {(pending.TryGetKey(end.Call, out var id) ? id : 0)} of {end.Request.Text}: {(end.Call.Fail(new InvalidOperationException()) ? "not over" : end.Reason)}")),
            In = (frame, state, _) =>
            {
                var words = frame.GetText().Split(' ');
                pending.Reply(2, words[1]);
                return LateResult.Ok(state);
            },
        }, pending);
    }

    private static async Task EndAsync(TestHost host, CancellationTokenSource caller, LateCallEndReason reason)
    {
        if (reason == LateCallEndReason.Canceled)
        {
            await caller.CancelAsync();
        }
        else
        {
            host.Time.Advance(s_callTimeout);
        }
    }

    /// <summary>The second call, which is replied to.</summary>
    private static async Task<string> ReplyOf(TestHost host, FakeSocket socket, string text)
    {
        var call = host.Client.CallAsync(new Watched(text), Token);
        Assert.Equal("2", await socket.SentAsync());
        socket.Send($"reply {text}");
        return await call;
    }
}
