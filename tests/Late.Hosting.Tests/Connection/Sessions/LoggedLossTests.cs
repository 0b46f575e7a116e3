using Late.Hosting.Tests.Connection.Callbacks;
using Late.Hosting.Tests.Connection.Reconnecting;
using Late.Hosting.Tests.Support;
using static Late.Hosting.Tests.Connection.Sessions.Closes;

namespace Late.Hosting.Tests.Connection.Sessions;

/// <summary>What has arrived and no callback sees, and what was requested and is not done, is logged.</summary>
public sealed class LoggedLossTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Messages_that_were_received_and_not_handled_are_counted()
    {
        var resume = new TaskCompletionSource();
        var handler = new ScriptedHandler
        {
            In = async (_, state, _) =>
            {
                await resume.Task;
                return LateResult.Ok(state);
            },
        };
        await using var host = new TestHost(handler);
        var socket = await host.ReadyAsync();
        socket.Send("slow");
        await handler.SkipToAsync("In slow");
        socket.Send("a", "b");
        await host.Client.ReconnectAsync("", Token);
        resume.SetResult();
        await host.Transport.AttemptAsync();

        Assert.Equal("Forwarding: 2 received messages were not handled, because the session was closed", Message(host, "FramesNotHandled"));
    }

    [Fact]
    public async Task Where_all_were_handled_nothing_is_logged()
    {
        await using var host = new TestHost();
        var socket = await host.ReadyAsync();
        socket.Send("a");
        await host.Handler.SkipToAsync("In a");
        await host.Client.ReconnectAsync("", Token);
        await host.Transport.AttemptAsync();

        Assert.DoesNotContain(host.Logs.GetSnapshot(), static record => record.Id.Name == "FramesNotHandled");
    }

    [Fact]
    public async Task A_connection_that_was_made_for_the_next_session_is_not_closed_in_silence_with_what_has_arrived_on_it()
    {
        var handler = NextConnection.Handler();
        handler.In = static (_, state, _) => LateResult.Reconnect(state, new LateReconnect { Order = LateReconnectOrder.ConnectFirst, SwitchWhen = LateSwitchWhen.FirstMessage });
        handler.Disconnect = static (_, state, _) => LateDisconnectResult.ReconnectAfter(state, TimeSpan.FromSeconds(3));
        await using var host = new TestHost(handler);
        var (old, attempt) = await handler.ConnectingAsync(host);
        var next = attempt.Accept();
        next.Send("welcome");
        await old.Closed;
        old.Close(1000, "");
        await next.Aborted;
        await host.LoggedAsync("NextConnectionDropped");
    }

    [Fact]
    public async Task The_reason_of_a_request_that_comes_where_a_session_follows_already()
    {
        var handler = Holding();
        handler.In = static (_, state, _) => LateResult.Reconnect(state, new LateReconnect { Reason = "moved", After = TimeSpan.FromSeconds(3) });
        await using var host = new TestHost(handler);
        var socket = await host.ReadyAsync();
        await host.Client.ReconnectAsync("first", Token);
        Assert.Equal("CloseStream", await socket.SentAsync());
        socket.Send("move");
        await host.WaitingUntilAsync();

        Assert.Equal("Forwarding: a new session was requested, and one follows already: The handler requested a new session \"moved\".", Message(host, "RequestAdded"));
    }

    [Fact]
    public async Task One_that_comes_with_every_message_is_logged_once()
    {
        var (handler, kept) = Replacements.Keeping(new ScriptedHandler());
        handler.In = static (_, state, _) => LateResult.Reconnect(state, new LateReconnect { Reason = "moved", FinishCalls = true });
        await using var host = new TestHost(handler);
        var socket = await host.ReadyAsync();
        var call = host.Client.CallAsync(new Ask("a"), Token);
        var pending = await kept.Task;
        socket.Send("1", "2", "3", "4");
        await handler.SkipToAsync("In 4");
        pending.Reply("done");
        await host.WaitingUntilAsync();

        Assert.Equal("done", await call);
        Message(host, "RequestAdded");
    }

    [Fact]
    public async Task S2a_the_request_of_a_post_without_a_session_that_comes_with_a_stop()
    {
        var hold = new TaskCompletionSource();
        await using var host = new TestHost(Vacancies.Blocked(hold, LateResult.Reconnect(0, "moved")));
        await Vacancies.VacantAsync(host, isConnecting: true);
        await Vacancies.PostAsync(host, "slow");
        var stop = host.StopAsync(Token);
        await host.StateAsync(LateConnectionState.Stopping);
        hold.SetResult();
        await stop;

        Assert.Equal("Forwarding: a result of the handler requested a new session, which does not follow: The host is stopping.", Message(host, "RequestIgnored"));
    }

    private static string Message(TestHost host, string name) => Assert.Single(host.Logs.GetSnapshot(), record => record.Id.Name == name).Message;
}
