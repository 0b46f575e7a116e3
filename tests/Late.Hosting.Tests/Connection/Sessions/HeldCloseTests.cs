using Late.Hosting.Tests.Support;
using static Late.Hosting.Tests.Connection.Sessions.Closes;

namespace Late.Hosting.Tests.Connection.Sessions;

/// <summary>A close that the handler holds (promise P18).</summary>
public sealed class HeldCloseTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task P18_frames_are_handled_while_the_close_is_held_those_that_waited_too_until_a_result_releases_it()
    {
        var running = new TaskCompletionSource();
        var handler = Holding();
        handler.In = async (frame, state, _) =>
        {
            var text = frame.GetText();
            if (text == "1")
            {
                await running.Task;
            }

            return text == "last" ? LateResult.Send(state, LateFrame.Text("thanks")).ReleaseClose() : LateResult.Ok(state);
        };
        await using var host = new TestHost(handler);
        var socket = await host.ReadyAsync();
        socket.Send("1", "2");
        await host.Handler.SkipToAsync("In 1");
        var stop = host.StopAsync(Token);
        await host.StateAsync(LateConnectionState.Stopping);
        running.SetResult();
        Assert.Equal("CloseStream", await socket.SentAsync());
        Assert.Equal(["Closing HostStopping", "In 2"], [await host.Handler.NextAsync(), await host.Handler.NextAsync()]);

        socket.Send("last", "never");
        await stop;

        Assert.Equal("thanks", await socket.SentAsync());
        Assert.Equal((1000, ""), await socket.Closed);
        Assert.Equal(["In last", "Disconnect HostStopping", "Terminate HostStopping"], host.Handler.Trace());
        Assert.DoesNotContain(host.Logs.GetSnapshot(), static record => record.Id.Name == "GoodbyeCut");
    }

    [Fact]
    public async Task P9_a_held_close_that_the_server_ends_leaves_the_next_session_its_own_goodbye()
    {
        var handler = Holding();
        handler.Info = static async (_, state, token) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
            return LateResult.Ok(state);
        };
        await using var host = new TestHost(handler);
        var socket = await host.ReadyAsync();
        await host.Client.ReconnectAsync("", Token);
        Assert.Equal("CloseStream", await socket.SentAsync());
        socket.Close(1000, "");
        var next = await host.Transport.AcceptAsync();
        await host.Client.WaitForReadyAsync(Token);
        await host.Client.PostAsync(new Note("hangs"), Token);
        await handler.SkipToAsync("Info hangs");

        // The callback has its grace, and the session its goodbye behind it.
        host.Time.Advance(TimeSpan.FromSeconds(1));
        var stop = host.StopAsync(Token);
        await host.Time.TimerAsync(host.Time.GetUtcNow() + TimeSpan.FromSeconds(5));
        host.Time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal("CloseStream", await next.SentAsync());
        next.Close(1000, "");
        await stop;

        Assert.Equal(["Closing HostStopping", "Disconnect HostStopping", "Terminate HostStopping"], handler.Trace());
        Assert.DoesNotContain(host.Logs.GetSnapshot(), static record => record.Id.Name == "GoodbyeCut");
    }

    [Fact]
    public async Task P3_what_the_handler_posts_while_it_holds_the_close_ends_with_the_session()
    {
        var handler = Holding();
        handler.In = async (frame, state, _) =>
        {
            await handler.Client.PostAsync(new Note("to itself"), Token);
            handler.Client.PostAfter(TimeSpan.FromSeconds(1), new Note("later"));
            var result = LateResult.Ok(state);
            return frame.GetText() == "last" ? result.ReleaseClose() : result;
        };
        await using var host = new TestHost(handler);
        var socket = await host.ReadyAsync();
        await host.Client.ReconnectAsync("", Token);
        Assert.Equal("CloseStream", await socket.SentAsync());
        socket.Send("1");
        await host.Handler.SkipToAsync("In 1");
        host.Time.Advance(TimeSpan.FromSeconds(1));

        socket.Send("last");
        await host.Transport.AcceptAsync();
        await host.Client.WaitForReadyAsync(Token);

        Assert.Equal(["In last", "Disconnect ReconnectRequested", "Connect"], host.Handler.Trace());
    }

    [Fact]
    public async Task P18_a_hold_that_the_same_result_releases_does_not_hold()
    {
        var handler = new ScriptedHandler { Closing = static (_, state, _) => LateResult.Ok(state).HoldClose().ReleaseClose() };
        await using var host = new TestHost(handler);
        await host.ReadyAsync();

        await host.StopAsync(Token);

        Assert.Equal(["Init", "Connect", "Closing HostStopping", "Disconnect HostStopping", "Terminate HostStopping"], host.Handler.Trace());
    }

    [Theory]
    [InlineData("stop")]
    [InlineData("reconnect")]
    public async Task P18_a_result_that_would_end_the_session_releases_the_close(string request)
    {
        var handler = Holding();
        handler.In = (_, state, _) => request == "stop" ? LateResult.Stop(state) : LateResult.Reconnect(state);
        await using var host = new TestHost(handler);
        var socket = await host.ReadyAsync();
        var stop = host.StopAsync(Token);
        Assert.Equal("CloseStream", await socket.SentAsync());

        socket.Send("last");
        await stop;

        Assert.Equal(["In last", "Disconnect HostStopping", "Terminate HostStopping"], host.Handler.Trace()[^3..]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task P15_a_fault_while_the_close_of_a_stop_is_held_or_is_to_begin_is_logged_once_and_changes_nothing_else(bool isHeld)
    {
        var running = new TaskCompletionSource();
        var handler = Holding();
        handler.In = async (_, state, _) =>
        {
            await running.Task;
            return LateResult.Fault(state, "The account is closed");
        };
        await using var host = new TestHost(handler);
        var socket = await host.ReadyAsync();
        if (!isHeld)
        {
            socket.Send("revoked");
            await handler.SkipToAsync("In revoked");
        }

        var stop = host.StopAsync(Token);
        await host.StateAsync(LateConnectionState.Stopping);
        if (!isHeld)
        {
            running.SetResult();
        }

        Assert.Equal("CloseStream", await socket.SentAsync());
        running.TrySetResult();
        socket.Send("revoked");
        await stop;

        Assert.Equal(["In revoked", "Disconnect HostStopping", "Terminate HostStopping"], handler.Trace()[^3..]);
        Assert.Equal(LateConnectionState.Stopped, host.Client.State);
        var fault = Assert.Single(host.Logs.GetSnapshot(), static record => record.Id.Name == "Faulted");
        Assert.Contains("The account is closed", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task P18_an_error_of_the_callback_before_it_changes_nothing_whatever_HandlerErrors_specifies()
    {
        var running = new TaskCompletionSource();
        var handler = Holding();
        handler.In = async (frame, state, _) =>
        {
            await running.Task;
            return frame.GetText() == "last" ? LateResult.Ok(state).ReleaseClose() : throw new InvalidOperationException("no");
        };
        await using var host = new TestHost(handler, options => options.HandlerErrors = LateHandlerErrorBehavior.Restart);
        var socket = await host.ReadyAsync();
        socket.Send("question");
        await host.Handler.SkipToAsync("In question");
        var stop = host.StopAsync(Token);
        await host.StateAsync(LateConnectionState.Stopping);
        running.SetResult();
        Assert.Equal("CloseStream", await socket.SentAsync());

        socket.Send("last");
        await stop;

        Assert.Equal((1000, ""), await socket.Closed);
        Assert.Equal(["Closing HostStopping", "In last", "Disconnect HostStopping", "Terminate HostStopping"], host.Handler.Trace());
    }

    [Fact]
    public async Task P15_a_handler_that_stops_the_connection_while_it_holds_the_close_of_a_request_has_its_way()
    {
        var handler = Holding();
        handler.In = static (_, state, _) => LateResult.Stop(state, 4002, "enough");
        await using var host = new TestHost(handler);
        var socket = await host.ReadyAsync();
        await host.Client.ReconnectAsync("", Token);
        Assert.Equal("CloseStream", await socket.SentAsync());

        socket.Send("last");
        await host.StateAsync(LateConnectionState.Stopped);

        Assert.Equal((4002, "enough"), await socket.Closed);
        Assert.Equal(["In last", "Disconnect HandlerStopped", "Terminate HandlerStopped"], host.Handler.Trace()[^3..]);
    }

    [Fact]
    public async Task P18_what_the_server_sent_before_its_own_close_is_handled_while_the_close_is_held()
    {
        await using var host = new TestHost(Holding());
        var socket = await host.ReadyAsync();
        var stop = host.StopAsync(Token);
        Assert.Equal("CloseStream", await socket.SentAsync());

        socket.Send("last transcript");
        socket.Close(4003, "done");
        await stop;

        Assert.Equal(4003, (await socket.Closed).Code);
        Assert.Equal(["In last transcript", "Disconnect HostStopping", "Terminate HostStopping"], host.Handler.Trace()[^3..]);
    }

    [Fact]
    public async Task P18_a_release_leaves_unhandled_what_the_server_sent_before_its_own_close_too()
    {
        var handler = Holding();
        var server = new TaskCompletionSource();
        handler.In = async (_, state, _) =>
        {
            await server.Task;
            return LateResult.Ok(state).ReleaseClose();
        };
        await using var host = new TestHost(handler);
        var socket = await host.ReadyAsync();
        var stop = host.StopAsync(Token);
        Assert.Equal("CloseStream", await socket.SentAsync());
        socket.Send("last", "never");
        await host.Handler.SkipToAsync("In last");
        socket.Close(1000, "");
        await socket.ClosedByServer;
        server.SetResult();
        await stop;

        Assert.Equal(["Disconnect HostStopping", "Terminate HostStopping"], host.Handler.Trace());
    }

    [Fact]
    public async Task P18_what_the_server_sent_before_its_own_close_is_handled_where_it_came_before_the_handler_held()
    {
        var goodbye = new TaskCompletionSource();
        var handler = new ScriptedHandler
        {
            Closing = async (_, state, _) =>
            {
                await goodbye.Task;
                return LateResult.Ok(state).HoldClose();
            },
        };
        await using var host = new TestHost(handler);
        var socket = await host.ReadyAsync();
        var stop = host.StopAsync(Token);
        await host.Handler.SkipToAsync("Closing HostStopping");

        socket.Send("last transcript");
        socket.Close(1000, "");
        await socket.ClosedByServer;
        goodbye.SetResult();
        await stop;

        Assert.Equal(["In last transcript", "Disconnect HostStopping", "Terminate HostStopping"], host.Handler.Trace());
    }
}
