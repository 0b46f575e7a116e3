using System.Net;
using Late.Hosting.Tests.Support;
using static Late.Hosting.Tests.Connection.Sessions.Closes;

namespace Late.Hosting.Tests.Connection.Sessions;

/// <summary>What meets the end of a session, or its beginning.</summary>
public sealed class SessionEndTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_request_for_a_new_session_as_the_server_answers_is_not_lost()
    {
        await using var host = new TestHost();
        await host.StartAsync();
        var request = Task.CompletedTask;
        host.Transport.AfterAnswer = () =>
        {
            host.Transport.AfterAnswer = null;
            request = host.Client.ReconnectAsync("new token", Token);
        };
        await host.Transport.AcceptAsync();

        await host.Transport.AcceptAsync();

        await request;
        await host.Client.WaitForReadyAsync(Token);
        Assert.Equal(2, host.Transport.Count);
    }

    [Fact]
    public async Task A_change_of_the_address_as_the_server_answers_is_not_lost()
    {
        await using var host = new TestHost(settings: new() { ["Late:Forwarding:Uri"] = "ws://one.example/" });
        await host.StartAsync();
        host.Transport.AfterAnswer = () =>
        {
            host.Transport.AfterAnswer = null;
            host.Configuration["Late:Forwarding:Uri"] = "ws://two.example/";
            host.Configuration.Reload();
        };
        await host.Transport.AcceptAsync();

        Assert.Equal(new Uri("ws://two.example/"), (await host.Transport.AttemptAsync()).Request.Uri);
    }

    [Theory]
    [InlineData("request")]
    [InlineData("reload")]
    public async Task P18_a_connection_that_is_upgraded_as_something_requests_a_new_session_is_none_and_gets_no_frame(string kind)
    {
        var handler = Goodbye();
        handler.Connect = static (state, _) => LateResult.Send(state, LateFrame.Text("hello"));
        await using var host = new TestHost(handler, settings: Settings());
        var request = Task.CompletedTask;
        host.Transport.AfterAnswer = () =>
        {
            host.Transport.AfterAnswer = null;
            request = CloseAsync(host, kind);
        };
        await host.StartAsync();
        var unneeded = await host.Transport.AcceptAsync();

        await unneeded.Aborted;
        await request;
        var socket = await host.Transport.AcceptAsync();
        await host.Client.WaitForReadyAsync(Token);

        Assert.Equal(["Init", "Connect"], handler.Trace());
        Assert.Equal((1L, "hello"), (socket.Handshake.Session, await socket.SentAsync()));
        Assert.False(unneeded.TrySent(out _));
    }

    [Fact]
    public async Task P10_such_a_request_determines_when_the_next_attempt_begins_and_where_it_goes()
    {
        var (resume, delay) = (new Uri("ws://feed.example/resume"), TimeSpan.FromSeconds(17));
        await using var host = new TestHost();
        var request = Task.CompletedTask;
        host.Transport.AfterAnswer = () =>
        {
            host.Transport.AfterAnswer = null;
            request = host.Client.ReconnectAsync(new LateReconnect { Uri = resume, After = delay, CloseCode = 4000 }, Token);
        };
        await host.StartAsync();
        await (await host.Transport.AcceptAsync()).Aborted;
        await request;
        await host.Time.TimerAsync(host.Time.GetUtcNow() + delay);
        host.Time.Advance(delay - TimeSpan.FromMilliseconds(1));
        Assert.Equal((1, LateConnectionState.Reconnecting), (host.Transport.Count, host.Client.State));

        host.Time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(resume, (await host.Transport.AttemptAsync()).Request.Uri);
        Assert.Equal(["Init"], host.Handler.Trace());
    }

    [Fact]
    public async Task P3_HandleIn_does_not_run_in_a_session_whose_HandleConnect_threw()
    {
        var hold = new TaskCompletionSource();
        var handler = new ScriptedHandler
        {
            Connect = async (_, _) =>
            {
                await hold.Task;
                throw new InvalidOperationException("no");
            },
        };
        await using var host = new TestHost(handler);
        await host.StartAsync();
        var socket = await host.Transport.AcceptAsync();
        Assert.Equal("Init", await host.Handler.NextAsync());
        Assert.Equal("Connect", await host.Handler.NextAsync());
        socket.Send("never seen");
        socket.Close(1000, "");
        await host.StateAsync(LateConnectionState.Reconnecting);
        hold.SetResult();
        await host.WaitingUntilAsync();

        Assert.Equal(["Disconnect ClosedByServer"], host.Handler.Trace());
    }

    [Fact]
    public async Task P3_PostAfter_in_a_callback_whose_session_has_just_ended_ends_with_it()
    {
        var hold = new TaskCompletionSource();
        var handler = new ScriptedHandler();
        handler.Connect = async (state, _) =>
        {
            await hold.Task;
            handler.Client.PostAfter(TimeSpan.FromSeconds(20), new Note("heartbeat"));
            return LateResult.Ok(state + 1);
        };
        await using var host = new TestHost(handler);
        await host.StartAsync();
        var socket = await host.Transport.AcceptAsync();
        Assert.Equal("Init", await host.Handler.NextAsync());
        Assert.Equal("Connect", await host.Handler.NextAsync());
        socket.Close(1000, "");
        await host.StateAsync(LateConnectionState.Reconnecting);
        hold.SetResult();
        await host.WaitingUntilAsync();

        Assert.DoesNotContain(host.Logs.GetSnapshot(), record => record.Id.Name == "CallbackThrew");
    }

    [Fact]
    public async Task P3_Init_does_not_run_again_where_HandleDisconnect_stops_the_connection()
    {
        var handler = new ScriptedHandler
        {
            Info = (_, _, _) => throw new InvalidOperationException("no"),
            Disconnect = (_, state, _) => LateDisconnectResult.Stop(state),
        };
        await using var host = new TestHost(handler, options => options.HandlerErrors = LateHandlerErrorBehavior.Restart);
        await host.ReadyAsync();
        await host.Client.PostAsync(new Note("x"), Token);

        await host.StateAsync(LateConnectionState.Stopped);

        Assert.Equal(["Init", "Connect", "Info x", "Disconnect HandlerError", "Terminate HandlerStopped"], host.Handler.Trace());
    }

    [Fact]
    public async Task P6_a_call_whose_callback_the_stop_cancels_reports_that_the_connection_stopped()
    {
        var handler = new ScriptedHandler
        {
            Call = async (_, _, state, token) =>
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
                return LateResult.Ok(state);
            },
        };
        await using var host = new TestHost(handler);
        await host.ReadyAsync();
        host.Handler.Trace();
        var call = host.Client.CallAsync(new Ask("x"), Token);
        Assert.Equal("Call x", await host.Handler.NextAsync());
        await host.DisposeAsync();

        var error = await Assert.ThrowsAsync<LateStoppedException>(() => call);

        Assert.Equal(LateDelivery.Unknown, error.Delivery);
    }

    [Fact]
    public async Task P10_a_server_that_sends_Retry_After_0_does_not_switch_the_backoff_off()
    {
        await using var host = new TestHost();
        host.Transport.Script = attempt => attempt.Refuse(HttpStatusCode.ServiceUnavailable, TimeSpan.Zero);
        await host.StartAsync();
        var until = host.Time.GetUtcNow() + TimeSpan.FromMinutes(2);
        while (host.Time.GetUtcNow() < until)
        {
            var before = host.Transport.Count;
            await host.NextAttemptAsync();
            await host.AttemptedAsync(before);
        }

        Assert.InRange(host.Transport.Count, 1, 20);
    }

    [Fact]
    public async Task P5_a_send_ends_whose_frame_a_pong_has_taken_along()
    {
        await using var host = new TestHost();
        var socket = await host.ReadyAsync();
        socket.TakesAllFrames = true;

        await host.Client.SendAsync(LateFrame.Text("a"), Token);

        Assert.Equal("a", await socket.SentAsync());
    }

    [Fact]
    public async Task P8_a_HandleDisconnect_that_runs_for_long_is_warned_of()
    {
        var hold = new TaskCompletionSource();
        var handler = new ScriptedHandler
        {
            Disconnect = async (_, state, _) =>
            {
                await hold.Task;
                return LateDisconnectResult.Ok(state);
            },
        };
        await using var host = new TestHost(handler);
        var socket = await host.ReadyAsync();
        host.Handler.Trace();
        socket.Drop();
        Assert.Equal("Disconnect ConnectionLost", await host.Handler.NextAsync());
        host.Time.Advance(TimeSpan.FromSeconds(5));
        host.Time.Advance(TimeSpan.FromSeconds(5));

        Assert.Contains(
            host.Logs.GetSnapshot(),
            record => record.Id.Name == "CallbackRunning" && record.Message.Contains("HandleDisconnect", StringComparison.Ordinal));
        hold.SetResult();
    }
}
