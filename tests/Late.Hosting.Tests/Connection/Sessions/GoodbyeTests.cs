using Late.Hosting.Tests.Support;
using static Late.Hosting.Tests.Connection.Sessions.Closes;

namespace Late.Hosting.Tests.Connection.Sessions;

/// <summary>Promise P18: a goodbye before a close of ours, and before no other end.</summary>
public sealed class GoodbyeTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("stop", LateDisconnectReason.HostStopping)]
    [InlineData("request", LateDisconnectReason.ReconnectRequested)]
    [InlineData("reload", LateDisconnectReason.ReconnectRequested)]
    [InlineData("rotation", LateDisconnectReason.Rotated)]
    [InlineData("no data", LateDisconnectReason.DataTimeout)]
    public async Task P18_the_goodbye_leaves_before_the_close_frame_with_the_code_that_the_handler_chooses(string kind, LateDisconnectReason reason)
    {
        LateClosing? given = null;
        var handler = new ScriptedHandler
        {
            Closing = (closing, state, _) =>
            {
                given = closing;
                return LateResult.Send(state, LateFrame.Text("bye")).CloseWith(4001, "later");
            },
        };
        await using var host = new TestHost(handler, settings: Settings());
        var socket = await host.ReadyAsync();

        var closing = CloseAsync(host, kind);

        Assert.Equal((4001, "later"), await socket.Closed);
        Assert.Equal(1, socket.WrittenAtClose);
        Assert.Equal("bye", await socket.SentAsync());
        await closing;
        await host.Handler.SkipToAsync($"Disconnect {reason}");
        Assert.Equal((reason, true, host.Time.GetUtcNow() + TimeSpan.FromSeconds(4)), (given!.Reason, given.WasReady, given.Until));
    }

    [Theory]
    [InlineData("stop", LateDisconnectReason.HostStopping)]
    [InlineData("request", LateDisconnectReason.ReconnectRequested)]
    [InlineData("reload", LateDisconnectReason.ReconnectRequested)]
    [InlineData("rotation", LateDisconnectReason.Rotated)]
    [InlineData("no data", LateDisconnectReason.DataTimeout)]
    public async Task P18_P3_it_runs_once_between_HandleConnect_and_HandleDisconnect(string kind, LateDisconnectReason reason)
    {
        await using var host = new TestHost(Goodbye(), settings: Settings());
        await host.ReadyAsync();

        await CloseAsync(host, kind);

        await host.Handler.SkipToAsync("Connect");
        Assert.Equal($"Closing {reason}", await host.Handler.NextAsync());
        Assert.Equal($"Disconnect {reason}", await host.Handler.NextAsync());
    }

    [Theory]
    [InlineData("close", LateDisconnectReason.ClosedByServer)]
    [InlineData("drop", LateDisconnectReason.ConnectionLost)]
    [InlineData("violation", LateDisconnectReason.ProtocolError)]
    [InlineData("error", LateDisconnectReason.HandlerError)]
    [InlineData("handler stops", LateDisconnectReason.HandlerStopped)]
    [InlineData("handler reconnects", LateDisconnectReason.ReconnectRequested)]
    [InlineData("silence", LateDisconnectReason.KeepAliveTimeout)]
    [InlineData("blocked", LateDisconnectReason.SendTimeout)]
    public async Task P18_there_is_none_before_an_end_that_is_no_close_of_ours(string end, LateDisconnectReason reason)
    {
        var handler = Goodbye();
        handler.In = (_, state, _) => end switch
        {
            "error" => throw new InvalidOperationException("no"),
            "handler stops" => LateResult.Stop(state),
            "handler reconnects" => LateResult.Reconnect(state),
            _ => LateResult.Send(state, LateFrame.Text("answer")),
        };
        await using var host = new TestHost(handler, options => (options.HandlerErrors, options.SendTimeout) = (LateHandlerErrorBehavior.Restart, TimeSpan.FromSeconds(7)));
        var socket = await host.ReadyAsync();
        switch (end)
        {
            case "close":
                socket.Close(1000, "");
                break;
            case "drop":
                socket.Drop();
                break;
            case "violation":
                socket.Violate(1002);
                break;
            case "silence":
                host.Time.Advance(TimeSpan.FromSeconds(20));
                host.Time.Advance(TimeSpan.FromSeconds(20));
                break;
            case "blocked":
                var due = host.Time.GetUtcNow() + TimeSpan.FromSeconds(7);
                socket.BlockWrites();
                socket.Send("question");
                await host.Time.TimerAsync(due);
                host.Time.Advance(TimeSpan.FromSeconds(7));
                break;
            default:
                socket.Send(end);
                break;
        }

        await host.Handler.SkipToAsync("Connect");
        var callback = await host.Handler.NextAsync();
        Assert.Equal($"Disconnect {reason}", callback.StartsWith("In ", StringComparison.Ordinal) ? await host.Handler.NextAsync() : callback);
    }

    [Fact]
    public async Task P18_there_is_none_before_a_ReadyTimeout_whose_close_code_ends_no_session_that_can_be_resumed()
    {
        var handler = Goodbye();
        handler.Connect = (state, _) => LateResult.Ok(state).HoldCalls();
        await using var host = new TestHost(handler);
        await host.StartAsync();
        var socket = await host.Transport.AcceptAsync();
        await host.StateAsync(LateConnectionState.Connected);
        await host.Handler.SkipToAsync("Connect");

        host.Time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal("Disconnect ReadyTimeout", await host.Handler.NextAsync());
        Assert.Equal((1008, ""), await socket.Closed);
    }

    [Fact]
    public async Task P18_it_is_taken_before_queued_frames_after_the_running_callback()
    {
        var running = new TaskCompletionSource();
        var handler = Goodbye();
        handler.In = async (_, state, _) =>
        {
            await running.Task;
            return LateResult.Send(state, LateFrame.Text("last answer"));
        };
        await using var host = new TestHost(handler);
        var socket = await host.ReadyAsync();
        socket.Send("1", "2");
        await host.Handler.SkipToAsync("In 1");

        var stop = host.StopAsync(Token);
        await host.StateAsync(LateConnectionState.Stopping);
        running.SetResult();
        await stop;

        Assert.Equal(["last answer", "bye"], [await socket.SentAsync(), await socket.SentAsync()]);
        Assert.Equal(["Closing HostStopping", "Disconnect HostStopping", "Terminate HostStopping"], host.Handler.Trace());
    }

    [Fact]
    public async Task P18_it_waits_for_HandleConnect_whose_token_the_close_cancels()
    {
        var handler = Goodbye();
        handler.Connect = async (state, token) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token).ContinueWith(static _ => { }, TaskScheduler.Default);
            return LateResult.Send(state, LateFrame.Text("hello"));
        };
        await using var host = new TestHost(handler);
        await host.StartAsync();
        var socket = await host.Transport.AcceptAsync();
        await host.Handler.SkipToAsync("Connect");

        await host.StopAsync(Token);

        Assert.Equal(["hello", "bye"], [await socket.SentAsync(), await socket.SentAsync()]);
        Assert.Equal(["Closing HostStopping", "Disconnect HostStopping", "Terminate HostStopping"], host.Handler.Trace());
    }

    [Fact]
    public async Task P18_there_is_none_where_HandleConnect_throws()
    {
        var handler = Goodbye();
        handler.Connect = async (state, token) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
            return LateResult.Ok(state);
        };
        await using var host = new TestHost(handler);
        await host.StartAsync();
        await host.Transport.AcceptAsync();
        await host.Handler.SkipToAsync("Connect");

        await host.StopAsync(Token);

        Assert.Equal(["Disconnect HostStopping", "Terminate HostStopping"], host.Handler.Trace());
    }

    [Fact]
    public async Task P7_from_the_request_for_a_new_session_on_the_old_one_takes_no_work()
    {
        var goodbye = new TaskCompletionSource();
        var handler = Closes.WaitingFor(goodbye.Task);
        await using var host = new TestHost(handler);
        await host.ReadyAsync();

        await host.Client.ReconnectAsync("", Token);
        await host.Handler.SkipToAsync("Closing ReconnectRequested");
        var ready = host.Client.WaitForReadyAsync(Token);
        var waits = host.Client.CallAsync(new Ask("waits"), Token);
        await Assert.ThrowsAsync<LateDisconnectedException>(() => host.Client.CallAsync(new Ask("fails"), new LateCallOptions { WhenNotReady = LateWhenNotReady.Fail }, Token));
        Assert.False(ready.IsCompleted);
        goodbye.SetResult();
        await host.Transport.AcceptAsync();

        await ready;
        Assert.Equal("waits", await waits);
        Assert.Equal(["Disconnect ReconnectRequested", "Connect", "Call waits"], host.Handler.Trace());
    }
}
