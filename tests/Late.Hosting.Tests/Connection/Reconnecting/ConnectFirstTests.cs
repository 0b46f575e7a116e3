using Late.Hosting.Tests.Support;

namespace Late.Hosting.Tests.Connection.Reconnecting;

/// <summary>A session that is replaced as its handler, or a client, asks for: <see cref="LateReconnect"/>.</summary>
public sealed class ConnectFirstTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_session_continues_until_the_next_connection_is_there()
    {
        await using var host = new TestHost(Asking(new LateReconnect { Reason = "moved", Order = LateReconnectOrder.ConnectFirst, CloseCode = 4000 }));
        var old = await host.ReadyAsync();
        old.Send("reconnect");
        var attempt = await host.Transport.AttemptAsync();
        old.Send("still here");
        await host.Handler.SkipToAsync("In still here");
        Assert.Equal(LateConnectionState.Ready, host.Client.State);

        attempt.Accept().Send("hello");

        Assert.Equal((4000, "moved"), await old.Closed);
        Assert.Equal("Disconnect ReconnectRequested", await host.Handler.NextAsync());
        Assert.Equal("Connect", await host.Handler.NextAsync());
        Assert.Equal("In hello", await host.Handler.NextAsync());
        Assert.Equal(2, host.Transport.Count);
    }

    [Fact]
    public async Task A_client_can_ask_for_it_too()
    {
        await using var host = new TestHost();
        var old = await host.ReadyAsync();
        await host.Client.ReconnectAsync(new LateReconnect { Reason = "an operator", Order = LateReconnectOrder.ConnectFirst }, Token);
        await host.Transport.AcceptAsync();

        Assert.Equal((1000, "an operator"), await old.Closed);
        await host.Handler.SkipToAsync("Disconnect ReconnectRequested");
        Assert.Equal("Connect", await host.Handler.NextAsync());
    }

    [Fact]
    public async Task With_FirstMessage_the_switch_waits_for_the_first_message_and_nothing_of_it_is_lost()
    {
        await using var host = new TestHost(Asking(new LateReconnect { Order = LateReconnectOrder.ConnectFirst, SwitchWhen = LateSwitchWhen.FirstMessage }));
        var old = await host.ReadyAsync();
        old.Send("reconnect");
        var next = await host.Transport.AcceptAsync();
        old.Send("an event");
        await host.Handler.SkipToAsync("In an event");
        Assert.False(old.Closed.IsCompleted);

        next.Send("welcome");
        next.Send("another event");

        await old.Closed;
        await host.Handler.SkipToAsync("Connect");
        Assert.Equal("In welcome", await host.Handler.NextAsync());
        Assert.Equal("In another event", await host.Handler.NextAsync());
    }

    [Fact]
    public async Task What_the_old_session_sends_until_its_close_frame_is_handled_before_the_next_one_begins()
    {
        var handler = Asking(new LateReconnect { Order = LateReconnectOrder.ConnectFirst });
        await using var host = new TestHost(handler);
        var old = await host.ReadyAsync();
        old.AnswersClose = false;
        old.Send("reconnect");
        var next = await host.Transport.AcceptAsync();
        next.Send("hello");
        await old.Closed;
        old.Send("a late event", "reconnect");
        old.Close(1000, "");

        await host.Handler.SkipToAsync("In a late event");
        Assert.Equal("In reconnect", await host.Handler.NextAsync());
        Assert.Equal("Disconnect ReconnectRequested", await host.Handler.NextAsync());
        Assert.Equal("Connect", await host.Handler.NextAsync());
        Assert.Equal("In hello", await host.Handler.NextAsync());
    }

    [Fact]
    public async Task P9_a_server_that_does_not_answer_our_close_frame_delays_the_next_session_by_a_second_at_most()
    {
        await using var host = new TestHost(Asking(new LateReconnect { Order = LateReconnectOrder.ConnectFirst }));
        var old = await host.ReadyAsync();
        old.AnswersClose = false;
        old.Send("reconnect");
        await host.Transport.AcceptAsync();
        await old.Closed;
        await host.Time.TimerAsync(host.Time.GetUtcNow() + TimeSpan.FromSeconds(1));
        host.Time.Advance(TimeSpan.FromSeconds(1));

        await host.Handler.SkipToAsync("Disconnect ReconnectRequested");
        Assert.Equal("Connect", await host.Handler.NextAsync());
    }

    [Fact]
    public async Task P18_a_client_s_request_has_a_goodbye_and_the_handler_s_own_has_none()
    {
        var handler = Asking(new LateReconnect { Order = LateReconnectOrder.ConnectFirst });
        handler.Closing = (_, state, _) => LateResult.Send(state, LateFrame.Text("goodbye"));
        await using var host = new TestHost(handler);
        var first = await host.ReadyAsync();
        await host.Client.ReconnectAsync(new LateReconnect { Order = LateReconnectOrder.ConnectFirst, Reason = "moved" }, Token);
        var second = await host.Transport.AcceptAsync();
        await host.Handler.SkipToAsync("Closing ReconnectRequested");
        Assert.Equal("goodbye", await first.SentAsync());
        Assert.Equal((1000, "moved"), await first.Closed);
        await host.Handler.SkipToAsync("Connect");

        second.Send("reconnect");
        await host.Transport.AcceptAsync();
        await second.Closed;
        await host.Handler.SkipToAsync("In reconnect");
        Assert.Equal("Disconnect ReconnectRequested", await host.Handler.NextAsync());
        Assert.False(second.TrySent(out _));
    }

    [Fact]
    public async Task Our_close_frame_does_not_wait_for_what_is_still_to_be_handled()
    {
        var hold = new TaskCompletionSource();
        var handler = Asking(new LateReconnect { Order = LateReconnectOrder.ConnectFirst });
        var replies = handler.In;
        handler.In = async (frame, state, token) =>
        {
            var isSlow = frame.GetText() == "slow";
            var result = isSlow ? LateResult.Ok(state) : await replies(frame, state, token);
            await (isSlow ? hold.Task : Task.CompletedTask);
            return result;
        };
        await using var host = new TestHost(handler);
        var old = await host.ReadyAsync();
        old.Send("reconnect");
        var attempt = await host.Transport.AttemptAsync();
        old.Send("slow", "behind it");
        await host.Handler.SkipToAsync("In slow");
        attempt.Accept();
        await host.StateAsync(LateConnectionState.Reconnecting);
        old.AnswersClose = false;
        old.Send("more", "slow");
        hold.SetResult();

        await old.Closed;
        old.Close(1000, "");
        await host.Handler.SkipToAsync("Disconnect ReconnectRequested");
    }

    [Fact]
    public async Task A_handler_can_stop_the_connection_by_what_a_replaced_session_still_sends()
    {
        var handler = Asking(new LateReconnect { Order = LateReconnectOrder.ConnectFirst });
        var replies = handler.In;
        handler.In = (frame, state, token) => frame.GetText() == "revoked" ? LateResult.Stop(state) : replies(frame, state, token);
        await using var host = new TestHost(handler);
        var old = await host.ReadyAsync();
        old.AnswersClose = false;
        old.Send("reconnect");
        var next = await host.Transport.AcceptAsync();
        await old.Closed;
        old.Send("revoked");
        old.Close(1000, "");

        await host.Handler.SkipToAsync("Terminate HandlerStopped");
        await next.Aborted;
        Assert.Equal(2, host.Transport.Count);
    }

    [Fact]
    public async Task An_address_that_is_asked_for_is_taken_although_another_connection_was_prepared()
    {
        var resume = new Uri("ws://feed.example/resume");
        await using var host = new TestHost(Asking(new LateReconnect { Uri = resume, After = TimeSpan.Zero }));
        var old = await host.ReadyAsync();
        await host.Client.ReconnectAsync(new LateReconnect { Order = LateReconnectOrder.ConnectFirst, SwitchWhen = LateSwitchWhen.FirstMessage }, Token);
        var prepared = await host.Transport.AcceptAsync();
        await prepared.Reading;
        old.Send("reconnect");

        Assert.Equal(resume, (await host.Transport.AttemptAsync()).Request.Uri);
        await prepared.Aborted;
    }

    [Fact]
    public async Task A_connection_that_waits_for_its_first_message_takes_the_place_of_a_session_that_is_lost()
    {
        await using var host = new TestHost(Asking(new LateReconnect { Order = LateReconnectOrder.ConnectFirst, SwitchWhen = LateSwitchWhen.FirstMessage }));
        var old = await host.ReadyAsync();
        old.Send("reconnect");
        var next = await host.Transport.AcceptAsync();
        await next.Reading;
        old.Drop();

        await host.Handler.SkipToAsync("Disconnect ConnectionLost");
        Assert.Equal("Connect", await host.Handler.NextAsync());
        next.Send("welcome");
        Assert.Equal("In welcome", await host.Handler.NextAsync());
        Assert.Equal(2, host.Transport.Count);
    }

    [Fact]
    public async Task Calls_that_the_handler_has_are_finished_where_that_is_asked_for()
    {
        LateCall<string>? kept = null;
        var handler = Asking(new LateReconnect { FinishCalls = true });
        handler.Call = (_, call, state, _) =>
        {
            kept = call;
            return LateResult.Ok(state);
        };
        handler.Info = (_, state, _) =>
        {
            kept!.Reply("done");
            return LateResult.Ok(state);
        };
        await using var host = new TestHost(handler);
        var old = await host.ReadyAsync();
        var call = host.Client.CallAsync(new Ask("a"), Token);
        await host.Handler.SkipToAsync("Call a");
        using var later = host.Client.PostAfter(TimeSpan.FromSeconds(1), new Note("reply"));
        old.Send("reconnect");
        await host.Handler.SkipToAsync("In reconnect");
        host.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal("done", await call);
        Assert.Equal(1000, (await old.Closed).Code);
    }

    [Fact]
    public async Task The_address_that_was_asked_for_is_that_of_one_attempt()
    {
        var resume = new Uri("ws://feed.example/resume");
        await using var host = new TestHost(Asking(new LateReconnect { Uri = resume, After = TimeSpan.FromSeconds(1) }));
        var old = await host.ReadyAsync();
        old.Send("reconnect");
        await host.NextAttemptAsync();
        var first = await host.Transport.AttemptAsync();
        Assert.Equal(resume, first.Request.Uri);

        first.Refuse();
        await host.NextAttemptAsync();
        Assert.Equal(new Uri("ws://feed.example/v2"), (await host.Transport.AttemptAsync()).Request.Uri);
    }

    [Fact]
    public async Task P10_the_delay_of_a_request_is_waited_for_also_while_there_is_no_session()
    {
        var resume = new Uri("ws://feed.example/resume");
        var delay = TimeSpan.FromSeconds(17);
        await using var host = new TestHost();
        (await host.ReadyAsync()).Drop();
        await host.WaitingUntilAsync();
        await host.Client.ReconnectAsync(new LateReconnect { Uri = resume, After = delay }, Token);
        await host.Time.TimerAsync(host.Time.GetUtcNow() + delay);
        host.Time.Advance(delay - TimeSpan.FromMilliseconds(1));
        Assert.Equal(1, host.Transport.Count);

        host.Time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(resume, (await host.Transport.AttemptAsync()).Request.Uri);
    }

    [Fact]
    public async Task HandleDisconnect_can_ask_for_the_address_of_the_next_attempt()
    {
        var resume = new Uri("ws://feed.example/resume");
        var handler = new ScriptedHandler
        {
            Disconnect = (_, state, _) => LateDisconnectResult.Reconnect(state, new LateReconnect { Uri = resume, After = TimeSpan.Zero }),
        };
        await using var host = new TestHost(handler);
        (await host.ReadyAsync()).Drop();

        Assert.Equal(resume, (await host.Transport.AttemptAsync()).Request.Uri);
    }

    [Fact]
    public async Task A_request_that_cannot_be_carried_out_is_an_error_that_names_it()
    {
        await using var host = new TestHost();
        await host.ReadyAsync();
        var client = host.Client;

        await Assert.ThrowsAsync<ArgumentNullException>(() => client.ReconnectAsync((LateReconnect)null!, Token));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>("After", () => client.ReconnectAsync(new LateReconnect { After = TimeSpan.FromDays(2) }, Token));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>("CloseCode", () => client.ReconnectAsync(new LateReconnect { CloseCode = 1005 }, Token));
        await Assert.ThrowsAsync<ArgumentException>("request", () => client.ReconnectAsync(new LateReconnect { Uri = new Uri("https://feed.example") }, Token));
        await Assert.ThrowsAsync<ArgumentException>("request", () => client.ReconnectAsync(new LateReconnect { SwitchWhen = LateSwitchWhen.FirstMessage }, Token));
        await Assert.ThrowsAsync<ArgumentException>("request", () => client.ReconnectAsync(new LateReconnect { Order = LateReconnectOrder.ConnectFirst, After = TimeSpan.Zero }, Token));
        Assert.Throws<ArgumentException>("request", () => LateDisconnectResult.Reconnect(0, new LateReconnect { Order = LateReconnectOrder.ConnectFirst }));
    }

    /// <summary>A handler that answers the message "reconnect" with a request.</summary>
    private static ScriptedHandler Asking(LateReconnect request) => new()
    {
        In = (frame, state, _) => frame.GetText() == "reconnect" ? LateResult.Reconnect(state, request) : LateResult.Ok(state),
    };
}
