using Late.Hosting.Tests.Connection.Sessions;
using Late.Hosting.Tests.Support;
using static Late.Hosting.Tests.Connection.Reconnecting.Replacements;

namespace Late.Hosting.Tests.Connection.Reconnecting;

/// <summary>
/// A request for a new session that comes when the connection is made already that becomes one (design §2a: no event that arrived is lost): that
/// connection becomes a session, and what else is requested is done then.
/// </summary>
public sealed class RequestWhileReplacedTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(LateReconnectOrder.CloseFirst, false)]
    [InlineData(LateReconnectOrder.CloseFirst, true)]
    [InlineData(LateReconnectOrder.ConnectFirst, false)]
    public async Task S2a_a_client_s_request_among_the_last_frames_is_answered_by_the_connection_that_is_made(LateReconnectOrder order, bool finishesCalls)
    {
        await using var host = new TestHost();
        var (old, next) = await ReplacedAsync(host);

        await host.Client.ReconnectAsync(new LateReconnect { Order = order, FinishCalls = finishesCalls }, Token);
        End(old);

        await HandledAsync(host);
        await host.Client.WaitForReadyAsync(Token);
        Assert.False(next.Aborted.IsCompleted);
        Assert.Equal(2, host.Transport.Count);
    }

    [Theory]
    [InlineData(LateReconnectOrder.CloseFirst, false)]
    [InlineData(LateReconnectOrder.CloseFirst, true)]
    [InlineData(LateReconnectOrder.ConnectFirst, false)]
    public async Task S2a_an_address_that_a_client_requests_among_the_last_frames_is_that_behind_the_connection_that_is_made(LateReconnectOrder order, bool finishesCalls)
    {
        await using var host = new TestHost();
        var (old, next) = await ReplacedAsync(host);

        await host.Client.ReconnectAsync(Moved(order, finishesCalls), Token);
        End(old);

        await HandledAsync(host);
        await MovedAsync(host, next);
        Assert.Contains(host.Logs.GetSnapshot(), static record => record.Message ==
            "Forwarding: the next connection is made already, and becomes a session first; what was requested meanwhile is done then. A new session was requested: moved");
    }

    [Theory]
    [InlineData(LateReconnectOrder.CloseFirst, false)]
    [InlineData(LateReconnectOrder.CloseFirst, true)]
    [InlineData(LateReconnectOrder.ConnectFirst, false)]
    public async Task S2a_an_address_that_a_result_of_the_last_frames_requests_is_that_behind_the_connection_that_is_made(LateReconnectOrder order, bool finishesCalls)
    {
        await using var host = new TestHost(Asking(Moved(order, finishesCalls)));
        var (old, next) = await ReplacedAsync(host);

        old.Send("reconnect");
        End(old);

        await host.Handler.SkipToAsync("In reconnect");
        await HandledAsync(host);
        await MovedAsync(host, next);
    }

    [Fact]
    public async Task S2a_a_delay_that_a_result_of_the_last_frames_requests_follows_the_session_of_the_connection_that_is_made()
    {
        var delay = TimeSpan.FromSeconds(3);
        await using var host = new TestHost(Asking(new LateReconnect { After = delay, CloseCode = 4000 }));
        var (old, next) = await ReplacedAsync(host);
        old.Send("reconnect");
        End(old);

        await host.Handler.SkipToAsync("In reconnect");
        await HandledAsync(host);
        Assert.Equal(4000, (await next.Closed).Code);
        Assert.Equal(host.Time.GetUtcNow() + delay, await host.WaitingUntilAsync());
        Assert.Equal(2, host.Transport.Count);
    }

    [Fact]
    public async Task S2a_a_reload_among_the_last_frames_replaces_the_session_of_the_connection_that_is_made()
    {
        await using var host = new TestHost(settings: Closes.Settings());
        var (old, next) = await ReplacedAsync(host);
        await Closes.CloseAsync(host, "reload");
        End(old);

        await HandledAsync(host);
        await next.Closed;
        Assert.Equal(new Uri("ws://two.example/"), (await host.Transport.AttemptAsync()).Request.Uri);
    }

    [Theory] // Whether the request comes from the client or from a result.
    [InlineData(true)]
    [InlineData(false)]
    public async Task S2a_a_request_that_ends_the_wait_for_calls_keeps_the_connection_that_is_made(bool isByClient)
    {
        var request = Moved(LateReconnectOrder.CloseFirst, finishesCalls: false);
        var (handler, _) = Keeping(Asking(request));
        await using var host = new TestHost(handler);
        var (old, next, call) = await DrainingAsync(host);

        if (isByClient)
        {
            await host.Client.ReconnectAsync(request, Token);
        }
        else
        {
            old.Send("reconnect");
        }

        await old.Closed;
        End(old);
        await HandledAsync(host);
        await MovedAsync(host, next);
        await Assert.ThrowsAsync<LateDisconnectedException>(() => call);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task S2a_a_request_that_waits_for_calls_too_does_not_end_the_wait_for_them(bool isByClient)
    {
        var request = Moved(LateReconnectOrder.ConnectFirst, finishesCalls: true);
        var (handler, kept) = Keeping(Asking(request));
        await using var host = new TestHost(handler);
        var (old, next, call) = await DrainingAsync(host);

        if (isByClient)
        {
            await host.Client.ReconnectAsync(request, Token);
        }
        else
        {
            old.Send("reconnect");
            await handler.SkipToAsync("In reconnect");
        }

        Assert.False(old.Closed.IsCompleted);
        (await kept.Task).Reply("done");
        Assert.Equal("done", await call);
        await old.Closed;
        End(old);
        await HandledAsync(host);
        await MovedAsync(host, next);
    }

    [Theory] // A session that waits for its calls, and closes before it connects.
    [InlineData(true, LateReconnectOrder.ConnectFirst)]
    [InlineData(true, LateReconnectOrder.CloseFirst)]
    [InlineData(false, LateReconnectOrder.ConnectFirst)]
    [InlineData(false, LateReconnectOrder.CloseFirst)]
    public async Task P10_an_address_that_is_requested_while_a_session_waits_for_its_calls_is_that_of_the_next_attempt(bool isByClient, LateReconnectOrder order)
    {
        var request = Moved(order, finishesCalls: true) with { CloseCode = 4000 };
        var (handler, kept) = Keeping(Asking(request));
        await using var host = new TestHost(handler);
        var (old, call) = await WaitingForCallAsync(host, kept.Task, new LateReconnect { FinishCalls = true });

        if (isByClient)
        {
            await host.Client.ReconnectAsync(request, Token);
        }
        else
        {
            old.Send("reconnect");
            await handler.SkipToAsync("In reconnect");
        }

        Assert.False(old.Closed.IsCompleted);
        (await kept.Task).Reply("done");
        Assert.Equal("done", await call);
        Assert.Equal(4000, (await old.Closed).Code);
        Assert.Equal(Elsewhere, (await host.Transport.AttemptAsync()).Request.Uri);
    }

    [Fact] // The rest of what it has sent is handled behind the loss.
    public async Task S2a_a_result_behind_the_loss_of_the_old_session_keeps_the_connection_that_is_made()
    {
        var running = new TaskCompletionSource();
        var handler = Asking(Moved(LateReconnectOrder.CloseFirst, finishesCalls: false));
        var asks = handler.In;
        handler.In = async (frame, state, token) =>
        {
            await (frame.GetText() == "slow" ? running.Task : Task.CompletedTask);
            return await asks(frame, state, token);
        };
        await using var host = new TestHost(handler);
        var old = await host.ReadyAsync();
        await host.Client.ReconnectAsync(new LateReconnect { Order = LateReconnectOrder.ConnectFirst, SwitchWhen = LateSwitchWhen.FirstMessage }, Token);
        var next = await host.Transport.AcceptAsync();
        await next.Reading;
        old.Send("slow", "reconnect");
        await handler.SkipToAsync("In slow");
        old.Drop();
        await host.StateAsync(LateConnectionState.Reconnecting);
        running.SetResult();

        await handler.SkipToAsync("Disconnect ConnectionLost");
        Assert.Equal("Connect", await handler.NextAsync());
        await MovedAsync(host, next);
    }
}
