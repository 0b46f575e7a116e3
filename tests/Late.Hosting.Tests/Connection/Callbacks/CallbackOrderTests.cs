using Late.Hosting.Tests.Support;

namespace Late.Hosting.Tests.Connection.Callbacks;

public sealed class CallbackOrderTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task P1_callbacks_never_overlap_whatever_comes_from_where()
    {
        var (running, most) = (0, 0);
        var handled = 0;
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        async ValueTask<LateResult<int>> Handle(int state)
        {
            most = Math.Max(most, Interlocked.Increment(ref running));
            await Task.Yield();
            Interlocked.Decrement(ref running);
            if (Interlocked.Increment(ref handled) == 600)
            {
                all.TrySetResult();
            }

            return LateResult.Ok(state + 1);
        }

        var handler = new ScriptedHandler
        {
            In = (_, state, _) => Handle(state),
            Info = (_, state, _) => Handle(state),
            Call = (_, call, state, _) =>
            {
                call.Reply("");
                return Handle(state);
            },
        };
        await using var host = new TestHost(handler);
        var socket = await host.ReadyAsync();

        await Task.WhenAll(
            Task.Run(() => Parallel.For(0, 200, _ => socket.Send("frame")), Token),
            Parallel.ForAsync(0, 200, Token, async (i, token) => await host.Client.PostAsync(new Note($"{i}"), token)),
            Parallel.ForAsync(0, 200, Token, async (i, token) => await host.Client.CallAsync(new Ask($"{i}"), token)));
        await all.Task.WaitAsync(Token);

        Assert.Equal(1, most);
    }

    [Fact]
    public async Task P1_frames_come_in_wire_order_and_posts_in_the_order_of_their_acceptance()
    {
        await using var host = new TestHost();
        var socket = await host.ReadyAsync();
        host.Handler.Trace();
        for (var i = 0; i < 100; i++)
        {
            await host.Client.PostAsync(new Note($"{i}"), Token);
            socket.Send($"{i}");
        }

        var (notes, frames) = (new List<string>(), new List<string>());
        while (notes.Count + frames.Count < 200)
        {
            var callback = await host.Handler.NextAsync();
            (callback.StartsWith("In ", StringComparison.Ordinal) ? frames : notes).Add(callback);
        }

        Assert.Equal(Enumerable.Range(0, 100).Select(i => $"Info {i}"), notes);
        Assert.Equal(Enumerable.Range(0, 100).Select(i => $"In {i}"), frames);
    }

    [Fact]
    public async Task P3_the_order_of_life_is_Init_then_sessions_then_Terminate()
    {
        await using var host = new TestHost();
        var socket = await host.ReadyAsync();
        socket.Send("a");
        socket.Drop();
        await host.NextAttemptAsync();
        socket = await host.Transport.AcceptAsync();
        await host.Client.WaitForReadyAsync(Token);
        socket.Send("b");
        socket.Close(1000, "Bye!");
        await host.NextAttemptAsync();
        (await host.Transport.AttemptAsync()).Refuse();
        await host.NextAttemptAsync();
        await host.Transport.AcceptAsync();
        await host.Client.WaitForReadyAsync(Token);
        await host.StopAsync(Token);

        Assert.Equal(
            [
                "Init", "Connect", "In a", "Disconnect ConnectionLost", "Connect", "In b", "Disconnect ClosedByServer",
                "Connect", "Disconnect HostStopping", "Terminate HostStopping",
            ],
            host.Handler.Trace());
    }

    [Fact]
    public async Task P3_a_handler_that_stops_sees_its_disconnect_and_terminate()
    {
        var handler = new ScriptedHandler { In = (_, state, _) => LateResult.Stop(state, 4001, "done") };
        await using var host = new TestHost(handler);
        var socket = await host.ReadyAsync();
        socket.Send("a");

        await host.StateAsync(LateConnectionState.Stopped);

        Assert.Equal((4001, "done"), await socket.Closed);
        Assert.Equal(["Init", "Connect", "In a", "Disconnect HandlerStopped", "Terminate HandlerStopped"], host.Handler.Trace());
        await Assert.ThrowsAsync<LateStoppedException>(() => host.Client.CallAsync(new Ask("late"), Token));
    }

    [Fact]
    public async Task P3_HandleDisconnect_decides_what_follows()
    {
        var decisions = new Queue<LateDisconnectResult<int>>([
            LateDisconnectResult.ReconnectAfter(0, TimeSpan.FromSeconds(123)),
            LateDisconnectResult.Stop(0),
        ]);
        var handler = new ScriptedHandler { Disconnect = (_, _, _) => decisions.Dequeue() };
        await using var host = new TestHost(handler);
        var socket = await host.ReadyAsync();
        socket.Drop();
        Assert.Equal(123, (await host.WaitingUntilAsync() - host.Time.GetUtcNow()).TotalSeconds);
        await host.NextAttemptAsync();
        socket = await host.Transport.AcceptAsync();
        await host.Client.WaitForReadyAsync(Token);
        socket.Drop();

        await host.StateAsync(LateConnectionState.Stopped);
    }

    [Fact]
    public async Task P4_frames_of_results_leave_in_order_and_in_one_flush_per_burst()
    {
        var handler = new ScriptedHandler
        {
            Info = (note, state, _) => LateResult.Send(state, [LateFrame.Text($"{note.Text}1"), LateFrame.Text($"{note.Text}2")]),
        };
        var hold = new TaskCompletionSource();
        handler.Call = async (_, call, state, _) =>
        {
            await hold.Task;
            call.Reply("");
            return LateResult.Ok(state);
        };
        await using var host = new TestHost(handler);
        var socket = await host.ReadyAsync();
        var call = host.Client.CallAsync(new Ask(""), Token);
        foreach (var name in "abcdefgh")
        {
            await host.Client.PostAsync(new Note($"{name}"), Token);
        }

        var before = socket.Flushes;
        hold.SetResult();
        await call;
        var sent = new List<string>();
        while (sent.Count < 16)
        {
            sent.Add(await socket.SentAsync());
        }

        Assert.Equal("abcdefgh".SelectMany(name => new[] { $"{name}1", $"{name}2" }), sent);
        Assert.Equal(1, socket.Flushes - before);
    }

    [Fact]
    public async Task P4_what_a_callback_sends_after_its_session_ended_is_logged_and_never_reaches_the_next_session()
    {
        var hold = new TaskCompletionSource();
        var handler = new ScriptedHandler
        {
            Info = async (_, state, _) =>
            {
                await hold.Task;
                return LateResult.Send(state, LateFrame.Text("stale"));
            },
        };
        await using var host = new TestHost(handler);
        var socket = await host.ReadyAsync();
        await host.Client.PostAsync(new Note("a"), Token);
        while (await host.Handler.NextAsync() != "Info a")
        {
        }

        socket.Drop();
        await host.StateAsync(LateConnectionState.Reconnecting);
        hold.SetResult();
        await host.NextAttemptAsync();
        socket = await host.Transport.AcceptAsync();
        await host.Client.WaitForReadyAsync(Token);
        await host.Client.SendAsync(LateFrame.Text("fresh"), Token);

        Assert.Equal("fresh", await socket.SentAsync());
        Assert.Contains(host.Logs.GetSnapshot(), record => record.Id.Name == "FramesNotSent");
    }

    [Fact]
    public async Task Frames_that_came_before_the_servers_close_are_still_handled()
    {
        await using var host = new TestHost();
        await host.StartAsync();
        var socket = new FakeSocket();
        socket.Send("last words");
        socket.Close(1000, "Bye!");
        (await host.Transport.AttemptAsync()).Answer(socket);

        await host.WaitingUntilAsync();

        Assert.Equal(["Init", "Connect", "In last words", "Disconnect ClosedByServer"], host.Handler.Trace());
    }

    [Fact]
    public async Task P3_a_handler_that_posts_to_itself_without_end_does_not_keep_a_lost_session_alive()
    {
        var handler = new ScriptedHandler();
        handler.Info = async (note, state, token) =>
        {
            await handler.Client.PostAsync(note, token);
            return LateResult.Ok(state);
        };
        await using var host = new TestHost(handler);
        var socket = await host.ReadyAsync();
        await host.Client.PostAsync(new Note("again"), Token);
        while (await host.Handler.NextAsync() != "Info again")
        {
        }

        socket.Drop();
        await host.WaitingUntilAsync();

        Assert.Contains("Disconnect ConnectionLost", host.Handler.Trace());
    }

    [Fact]
    public async Task P4_what_is_sent_does_not_wait_for_the_end_of_a_burst_without_end()
    {
        var handler = new ScriptedHandler();
        handler.Info = async (note, state, token) =>
        {
            await handler.Client.PostAsync(note, token);
            return LateResult.Send(state, LateFrame.Text("tick"));
        };
        await using var host = new TestHost(handler);
        var socket = await host.ReadyAsync();
        await host.Client.PostAsync(new Note("again"), Token);

        Assert.Equal("tick", await socket.SentAsync());
    }
}
