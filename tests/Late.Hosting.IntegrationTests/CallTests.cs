using Late.Hosting.IntegrationTests.Support;

namespace Late.Hosting.IntegrationTests;

/// <summary>Promises P5 and P6: every call ends, and reports what is known.</summary>
public sealed class CallTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [BoundedFact]
    public async Task P5_a_call_ends_with_a_reply_from_a_later_callback_and_a_second_reply_changes_nothing()
    {
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri);
        LateCall<string>? kept = null;
        app.Script.Call = (_, call, state, _) =>
        {
            kept = call;
            return LateResult.Ok(state);
        };
        var replies = new List<bool>();
        app.Script.In = (frame, state, _) =>
        {
            replies.Add(kept!.Reply(frame.GetText()));
            replies.Add(kept.Reply("second"));
            replies.Add(kept.Fail(new InvalidDataException()));
            return LateResult.Ok(state);
        };
        var peer = await app.StartAsync(server);

        var call = app.Client.CallAsync(new Ask("price"), Token);
        await app.Life.ExpectAsync("Init", "Connect", "Call price");
        await peer.SendAsync("first");
        Assert.Equal("first", await call);
        await app.Client.PostAsync(new Note("after it"), Token);
        Assert.Equal("after it", await peer.ReceiveAsync());
        Assert.Equal([true, false, false], replies);
    }

    [BoundedFact]
    public async Task P5_a_call_ends_when_the_handler_fails_it()
    {
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri);
        app.Script.Call = (_, call, state, _) =>
        {
            app.Script.Pending.Add(call);
            call.Fail(new InvalidDataException("unknown symbol"));
            return LateResult.Ok(state);
        };
        await app.StartAsync(server);

        await Assert.ThrowsAsync<InvalidDataException>(() => app.Client.CallAsync(new Ask("price"), Token));
        Assert.Equal(0, app.Script.Pending.Count);
    }

    [BoundedFact]
    public async Task P5_a_call_ends_at_its_timeout_and_a_late_answer_finds_nothing()
    {
        var clock = new TestClock();
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri, clock: clock);
        var peer = await app.StartAsync(server);

        var byDefault = app.Client.CallAsync(new Ask("a"), Token);
        var longer = app.Client.CallAsync(new Ask("b"), new LateCallOptions { Timeout = TimeSpan.FromSeconds(9) }, Token);
        var endless = app.Client.CallAsync(new Ask("c"), new LateCallOptions { Timeout = Timeout.InfiniteTimeSpan }, Token);
        Assert.Equal("1 a", await peer.ReceiveAsync());
        Assert.Equal("2 b", await peer.ReceiveAsync());
        Assert.Equal("3 c", await peer.ReceiveAsync());
        clock.Advance(TimeSpan.FromSeconds(5));
        var error = await Assert.ThrowsAsync<LateCallTimeoutException>(() => byDefault);
        Assert.Equal((LateDelivery.Unknown, "Scripted"), (error.Delivery, error.ConnectionName));
        Assert.Equal(2, app.Script.Pending.Count);
        clock.Advance(TimeSpan.FromSeconds(4));
        await Assert.ThrowsAsync<LateCallTimeoutException>(() => longer);
        Assert.Equal(1, app.Script.Pending.Count);
        await peer.SendAsync("1 late");
        await peer.SendAsync("3 in time");
        Assert.Equal("in time", await endless);
        Assert.Equal(0, app.Script.Pending.Count);
    }

    [BoundedFact]
    public async Task P5_a_call_ends_when_its_caller_cancels_it()
    {
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri);
        var peer = await app.StartAsync(server);
        using var caller = new CancellationTokenSource();

        var call = app.Client.CallAsync(new Ask("price"), caller.Token);
        Assert.Equal("1 price", await peer.ReceiveAsync());
        await caller.CancelAsync();
        var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Equal(caller.Token, error.CancellationToken);
        Assert.Equal(0, app.Script.Pending.Count);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => app.Client.CallAsync(new Ask("never"), caller.Token));
    }

    [BoundedFact]
    public async Task P5_a_call_ends_when_its_session_does()
    {
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri);
        var pendingInDisconnect = -1;
        app.Script.Disconnect = (_, state, _) =>
        {
            pendingInDisconnect = app.Script.Pending.Count;
            return LateDisconnectResult.Ok(state);
        };
        var peer = await app.StartAsync(server);

        var calls = Enumerable.Range(0, 20).Select(i => app.Client.CallAsync(new Ask($"{i}"), Token)).ToArray();
        for (var i = 0; i < calls.Length; i++)
        {
            await peer.ReceiveAsync();
        }

        await peer.CloseAsync(1012, "restart");
        foreach (var call in calls)
        {
            var error = await Assert.ThrowsAsync<LateDisconnectedException>(() => call);
            Assert.Equal((1012, "restart", LateDelivery.Unknown), (error.CloseCode, error.CloseReason, error.Delivery));
        }

        await app.AcceptAsync(server);
        Assert.Equal(0, pendingInDisconnect);
    }

    [BoundedFact]
    public async Task P5_a_call_ends_when_the_host_stops()
    {
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri);
        var peer = await app.StartAsync(server);

        var call = app.Client.CallAsync(new Ask("price"), Token);
        Assert.Equal("1 price", await peer.ReceiveAsync());
        var stop = app.StopAsync();
        await peer.AnswerCloseAsync();
        var error = await Assert.ThrowsAsync<LateStoppedException>(() => call);
        Assert.Equal(LateDelivery.Unknown, error.Delivery);
        await stop;
        Assert.Equal(0, app.Script.Pending.Count);
    }

    [BoundedFact]
    public async Task P5_a_call_ends_when_the_connection_faults()
    {
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri, options => options.HandlerErrors = LateHandlerErrorBehavior.Stop);
        app.Script.In = (_, _, _) => throw new InvalidDataException("bad");
        var peer = await app.StartAsync(server);

        var call = app.Client.CallAsync(new Ask("price"), Token);
        Assert.Equal("1 price", await peer.ReceiveAsync());
        await peer.SendAsync("bad");
        await peer.AnswerCloseAsync();
        var error = await Assert.ThrowsAnyAsync<LateException>(() => call);
        Assert.Equal(LateDelivery.Unknown, error.Delivery);
    }

    [BoundedFact]
    public async Task P6_a_call_that_the_handler_never_saw_was_not_delivered()
    {
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri);
        var release = new TaskCompletionSource();
        app.Script.Call = async (_, _, state, ct) =>
        {
            await release.Task.WaitAsync(ct);
            return LateResult.Ok(state);
        };
        var peer = await app.StartAsync(server);

        var seen = app.Client.CallAsync(new Ask("seen"), Token);
        await app.Life.ExpectAsync("Init", "Connect", "Call seen");
        var unseen = app.Client.CallAsync(new Ask("unseen"), Token);
        peer.Drop();
        Assert.Equal(LateDelivery.NotDelivered, (await Assert.ThrowsAsync<LateDisconnectedException>(() => unseen)).Delivery);
        release.SetResult();
        Assert.Equal(LateDelivery.Unknown, (await Assert.ThrowsAsync<LateDisconnectedException>(() => seen)).Delivery);
        await app.Life.ExpectAsync("Disconnect ConnectionLost");
    }

    [BoundedFact]
    public async Task P6_a_call_that_times_out_or_is_cancelled_in_the_mailbox_is_never_seen_by_the_handler()
    {
        var clock = new TestClock();
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri, clock: clock);
        var release = new TaskCompletionSource();
        app.Script.In = async (_, state, ct) =>
        {
            await release.Task.WaitAsync(ct);
            return LateResult.Ok(state);
        };
        var peer = await app.StartAsync(server);
        await peer.SendAsync("slow");
        await app.Life.ExpectAsync("Init", "Connect", "In slow");
        using var caller = new CancellationTokenSource();

        var late = app.Client.CallAsync(new Ask("late"), Token);
        var cancelled = app.Client.CallAsync(new Ask("cancelled"), new LateCallOptions { Timeout = TimeSpan.FromSeconds(9) }, caller.Token);
        var send = app.Client.SendAsync(LateFrame.Text("unsent"), caller.Token).AsTask();
        clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(LateDelivery.NotDelivered, (await Assert.ThrowsAsync<LateCallTimeoutException>(() => late)).Delivery);
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => send);
        release.SetResult();
        await app.Client.PostAsync(new Note("after"), Token);
        Assert.Equal("after", await peer.ReceiveAsync());
        await app.Life.ExpectAsync("Info after");
    }

    [BoundedFact]
    public async Task P6_calls_to_a_stopped_connection_fail_immediately_and_were_not_delivered()
    {
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri);
        var peer = await app.StartAsync(server);
        var stop = app.StopAsync();
        await peer.AnswerCloseAsync();
        await stop;

        Assert.Equal(LateDelivery.NotDelivered, (await Assert.ThrowsAsync<LateStoppedException>(() => app.Client.CallAsync(new Ask("a"), Token))).Delivery);
        await Assert.ThrowsAsync<LateStoppedException>(() => app.Client.PostAsync(new Note("b"), Token).AsTask());
        await Assert.ThrowsAsync<LateStoppedException>(() => app.Client.SendAsync(LateFrame.Text("c"), Token).AsTask());
        await Assert.ThrowsAsync<LateStoppedException>(() => app.Client.WaitForReadyAsync(Token));
        await Assert.ThrowsAsync<LateStoppedException>(() => app.Client.ReconnectAsync("d", Token));
        Assert.Throws<LateDisconnectedException>(() => app.Client.PostAfter(TimeSpan.Zero, new Note("e")));
    }
}
