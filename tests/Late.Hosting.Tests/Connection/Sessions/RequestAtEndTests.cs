using Late.Hosting.Tests.Support;
using static Late.Hosting.Tests.Connection.Sessions.Closes;

namespace Late.Hosting.Tests.Connection.Sessions;

/// <summary>A result that requests a new session while its session closes already, or has ended.</summary>
public sealed class RequestAtEndTests
{
    private static readonly Uri s_resume = new("ws://feed.example/resume");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory] // Whichever way it asks to connect.
    [InlineData(LateReconnectOrder.CloseFirst)]
    [InlineData(LateReconnectOrder.ConnectFirst)]
    public async Task P10_the_address_that_a_result_requests_while_the_close_is_held_is_that_of_the_next_attempt(LateReconnectOrder order)
    {
        var handler = Holding();
        handler.In = (_, state, _) => LateResult.Reconnect(state, new LateReconnect { Uri = s_resume, Order = order });
        await using var host = new TestHost(handler);
        var socket = await host.ReadyAsync();
        await host.Client.ReconnectAsync("", Token);
        Assert.Equal("CloseStream", await socket.SentAsync());

        socket.Send("moved");

        Assert.Equal(s_resume, (await host.Transport.AttemptAsync()).Request.Uri);
        Assert.Equal((1000, ""), await socket.Closed);
        Assert.Equal(["In moved", "Disconnect ReconnectRequested"], handler.Trace()[^2..]);
    }

    [Fact]
    public async Task P10_the_delay_and_the_close_code_that_a_result_requests_while_the_close_is_held_apply()
    {
        var handler = Holding();
        handler.In = static (_, state, _) => LateResult.Reconnect(state, new LateReconnect { After = TimeSpan.FromSeconds(3), CloseCode = 4001, Reason = "later" });
        await using var host = new TestHost(handler);
        var socket = await host.ReadyAsync();
        await host.Client.ReconnectAsync("", Token);
        Assert.Equal("CloseStream", await socket.SentAsync());

        socket.Send("wait");

        Assert.Equal((4001, "later"), await socket.Closed);
        Assert.Equal(host.Time.GetUtcNow() + TimeSpan.FromSeconds(3), await host.WaitingUntilAsync());
        await host.NextAttemptAsync();
        await host.Transport.AcceptAsync();
        await host.Client.WaitForReadyAsync(Token);
    }

    [Fact]
    public async Task P18_a_request_without_a_code_leaves_the_code_that_HandleClosing_chose()
    {
        var handler = new ScriptedHandler { Closing = static (_, state, _) => LateResult.Send(state, LateFrame.Text("bye")).HoldClose().CloseWith(4000, "resume") };
        handler.In = static (_, state, _) => LateResult.Reconnect(state);
        await using var host = new TestHost(handler);
        var socket = await host.ReadyAsync();
        await host.Client.ReconnectAsync("", Token);
        Assert.Equal("bye", await socket.SentAsync());

        socket.Send("go");

        Assert.Equal((4000, "resume"), await socket.Closed);
        await host.Transport.AcceptAsync();
    }

    [Fact] // The callback ran when the close began, or what it handles came before the server's close.
    public async Task P10_so_are_those_of_a_result_that_comes_behind_the_beginning_of_a_close()
    {
        var running = new TaskCompletionSource();
        var handler = Goodbye();
        handler.In = async (_, state, _) =>
        {
            await running.Task;
            return LateResult.Reconnect(state, new LateReconnect { Uri = s_resume });
        };
        await using var host = new TestHost(handler);
        var socket = await host.ReadyAsync();
        socket.Send("moved");
        await handler.SkipToAsync("In moved");
        await host.Client.ReconnectAsync("", Token);
        running.SetResult();

        Assert.Equal(s_resume, (await host.Transport.AttemptAsync()).Request.Uri);
        Assert.Equal(["Closing ReconnectRequested", "Disconnect ReconnectRequested"], handler.Trace());
    }

    [Fact]
    public async Task P10_so_are_those_of_a_result_that_comes_behind_the_close_of_the_server()
    {
        var running = new TaskCompletionSource();
        var handler = new ScriptedHandler
        {
            In = async (_, state, _) =>
            {
                await running.Task;
                return LateResult.Reconnect(state, new LateReconnect { Uri = s_resume, After = TimeSpan.FromSeconds(3) });
            },
        };
        await using var host = new TestHost(handler);
        var socket = await host.ReadyAsync();
        socket.Send("moved");
        await handler.SkipToAsync("In moved");
        socket.Close(1001, "");
        await socket.ClosedByServer;
        await host.StateAsync(LateConnectionState.Reconnecting);
        running.SetResult();

        Assert.Equal(host.Time.GetUtcNow() + TimeSpan.FromSeconds(3), await host.WaitingUntilAsync());
        await host.NextAttemptAsync();
        Assert.Equal(s_resume, (await host.Transport.AttemptAsync()).Request.Uri);
        Assert.Equal(["Disconnect ClosedByServer"], handler.Trace());
    }

    [Fact]
    public async Task P9_where_no_session_follows_a_request_is_logged_and_releases_the_close()
    {
        var handler = Holding();
        handler.In = static (_, state, _) => LateResult.Reconnect(state, new LateReconnect { Uri = s_resume, Order = LateReconnectOrder.ConnectFirst });
        await using var host = new TestHost(handler);
        var socket = await host.ReadyAsync();
        var stop = host.StopAsync(Token);
        Assert.Equal("CloseStream", await socket.SentAsync());

        socket.Send("moved");
        await stop;

        Assert.Equal(1, host.Transport.Count);
        Assert.Equal(
            "Forwarding: a result of the handler requested a new session, which does not follow: The host is stopping. To close a session that HandleClosing holds open, return ReleaseClose()",
            Assert.Single(host.Logs.GetSnapshot(), static record => record.Id.Name == "RequestIgnored").Message);
    }

    [Theory] // The server has closed, or the connection is lost, while a callback ran: what it had sent before is handled.
    [InlineData(true, "stop")]
    [InlineData(false, "stop")]
    [InlineData(true, "fault")]
    [InlineData(false, "fault")]
    public async Task P15_a_result_behind_the_end_of_its_session_that_ends_the_connection_has_its_way(bool isClosed, string wanted)
    {
        var running = new TaskCompletionSource();
        var handler = new ScriptedHandler
        {
            In = async (frame, state, _) =>
            {
                if (frame.GetText() == wanted)
                {
                    return wanted == "stop" ? LateResult.Stop(state) : LateResult.Fault(state, "the account is closed");
                }

                await running.Task;
                return LateResult.Ok(state);
            },
        };
        await using var host = new TestHost(handler);
        var socket = await host.ReadyAsync();
        socket.Send("slow");
        await handler.SkipToAsync("In slow");
        socket.Send(wanted, "more");
        if (isClosed)
        {
            socket.Close(1000, "");
        }
        else
        {
            socket.Drop();
        }

        await host.StateAsync(LateConnectionState.Reconnecting);
        running.SetResult();

        await host.StateAsync(wanted == "stop" ? LateConnectionState.Stopped : LateConnectionState.Faulted);
        Assert.Equal(1, host.Transport.Count);
        var trace = handler.Trace();
        Assert.Equal([$"In {wanted}", isClosed ? "Disconnect ClosedByServer" : "Disconnect ConnectionLost"], trace[..2]);
        Assert.DoesNotContain("In more", trace);
    }
}
