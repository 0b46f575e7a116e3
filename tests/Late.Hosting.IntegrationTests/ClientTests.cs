using Late.Hosting.IntegrationTests.Support;

namespace Late.Hosting.IntegrationTests;

/// <summary>What <see cref="ILateClient"/> shows and does in addition to calls.</summary>
public sealed class ClientTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [BoundedFact]
    public async Task WatchAsync_shows_every_change_once_over_a_reconnect_and_ends_with_the_stop()
    {
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri);
        var watching = WatchAsync(app);
        var peer = await app.StartAsync(server);
        await peer.CloseAsync(1012, "restart");
        (await server.RequestAsync()).Refuse(503);
        peer = await app.AcceptAsync(server);
        var stop = app.StopAsync();
        await peer.AnswerCloseAsync();
        await stop;

        var seen = await watching;
        Assert.Equal(
            [
                LateConnectionState.NotStarted,
                LateConnectionState.Connecting, LateConnectionState.Connected, LateConnectionState.Ready, LateConnectionState.Reconnecting,
                LateConnectionState.Connecting, LateConnectionState.Reconnecting,
                LateConnectionState.Connecting, LateConnectionState.Connected, LateConnectionState.Ready,
                LateConnectionState.Stopping, LateConnectionState.Stopped,
            ],
            seen.Select(status => status.State));
        Assert.Equal([0, 1, 1, 1, 1, 2, 2, 3, 3, 3, 3, 3], seen.Select(status => status.Attempt));
        Assert.Contains("1012 \"restart\"", seen[4].Reason, StringComparison.Ordinal);
        Assert.IsType<LateConnectException>(seen[6].Exception);
        Assert.All(seen, status => Assert.NotEmpty(status.Reason));
        Assert.Equal(seen.Select(status => status.Since).Order(), seen.Select(status => status.Since));
    }

    [BoundedFact]
    public async Task WatchAsync_begins_with_the_present_state_for_each_watcher_and_ends_when_cancelled()
    {
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri);
        await app.StartAsync(server);
        using var watcher = new CancellationTokenSource();

        var seen = new List<LateConnectionState>();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var status in app.Client.WatchAsync(watcher.Token))
            {
                seen.Add(status.State);
                await watcher.CancelAsync();
            }
        });
        Assert.Equal([LateConnectionState.Ready], seen);
    }

    [BoundedFact]
    public async Task ReconnectAsync_while_ready_closes_with_the_reason_and_connects_without_delay()
    {
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri, clock: new TestClock());
        var peer = await app.StartAsync(server);
        var call = app.Client.CallAsync(new Ask("price"), Token);
        Assert.Equal("1 price", await peer.ReceiveAsync());

        await app.Client.ReconnectAsync("new credentials", Token);
        Assert.NotEqual(LateConnectionState.Ready, app.Client.State);
        Assert.Equal((1000, "new credentials"), await peer.AnswerCloseAsync());
        await Assert.ThrowsAsync<LateDisconnectedException>(() => call);
        await app.AcceptAsync(server);
        Assert.Equal(2, server.Requests);
        Assert.Equal(LateDisconnectReason.ReconnectRequested, app.Script.Disconnected!.Reason);
    }

    [BoundedFact]
    public async Task ReconnectAsync_while_the_next_attempt_is_waited_for_returns_and_connects_immediately()
    {
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri, clock: new TestClock());
        await app.StartAsync();
        (await server.RequestAsync()).Refuse(503, "900");
        await app.BackoffAsync();

        var reconnect = app.Client.ReconnectAsync("the server is back", Token);
        Assert.True(reconnect.IsCompletedSuccessfully);
        await app.AcceptAsync(server);
        Assert.Equal(2, server.Requests);
    }

    [BoundedFact]
    public async Task ReconnectAsync_during_a_handshake_that_hangs_begins_another()
    {
        using var server = RawServer.Start();
        await using var app = new TestApp(server.Uri, clock: new TestClock());
        await app.StartAsync();
        using var hanging = await server.ConnectionAsync();
        await hanging.ReadRequestAsync();

        await app.Client.ReconnectAsync("try again", Token);
        using var peer = await server.AcceptAsync();
        await app.Client.WaitForReadyAsync(Token);
        await hanging.EndAsync();
    }

    [BoundedFact]
    public async Task ReconnectAsync_during_HandleDisconnect_connects_without_delay()
    {
        var clock = new TestClock();
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri, clock: clock);
        var release = new TaskCompletionSource();
        app.Script.Disconnect = async (_, state, ct) =>
        {
            await release.Task.WaitAsync(ct);
            return LateDisconnectResult.Ok(state);
        };
        var peer = await app.StartAsync(server);
        clock.Advance(TimeSpan.FromMinutes(1));
        peer.Drop();
        await app.Life.SkipToAsync("Disconnect ConnectionLost");

        await app.Client.ReconnectAsync("now", Token);
        release.SetResult();
        await app.AcceptAsync(server);
    }

    [BoundedFact]
    public async Task ReconnectAsync_over_and_over_ends_in_one_session()
    {
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri, clock: new TestClock());
        var peer = await app.StartAsync(server);

        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Task.Run(() => app.Client.ReconnectAsync("again", Token), Token)));
        await peer.AnswerCloseAsync();
        peer = await server.AcceptAsync();
        var accepted = 2;
        while (accepted < server.Requests)
        {
            peer = await server.AcceptAsync();
            accepted++;
        }

        await app.Client.WaitForReadyAsync(Token);
        await app.Client.PostAsync(new Note("here"), Token);
        Assert.Equal("here", await peer.ReceiveAsync());
    }

    [BoundedFact]
    public async Task WaitForReadyAsync_waits_through_failures_and_is_done_immediately_where_it_is_ready()
    {
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri);
        var early = app.Client.WaitForReadyAsync(Token);
        await app.StartAsync();
        (await server.RequestAsync()).Refuse(503);
        using var impatient = new CancellationTokenSource();
        var cancelled = app.Client.WaitForReadyAsync(impatient.Token);
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        Assert.False(early.IsCompleted);

        await server.AcceptAsync();
        await early;
        Assert.True(app.Client.WaitForReadyAsync(Token).IsCompletedSuccessfully);
    }

    [BoundedFact]
    public async Task PostAfter_posts_when_its_time_has_come_unless_it_is_disposed()
    {
        var clock = new TestClock();
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri, clock: clock);
        var peer = await app.StartAsync(server);

        app.Client.PostAfter(TimeSpan.FromSeconds(2), new Note("second"));
        app.Client.PostAfter(TimeSpan.FromSeconds(1), new Note("first"));
        app.Client.PostAfter(TimeSpan.FromSeconds(1), new Note("cancelled")).Dispose();
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("first", await peer.ReceiveAsync());
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("second", await peer.ReceiveAsync());
    }

    [BoundedFact]
    public async Task PostAfter_ends_with_its_session()
    {
        var clock = new TestClock();
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri, clock: clock);
        app.Script.Connect = (_, state, _) =>
        {
            app.Script.Client.PostAfter(TimeSpan.FromSeconds(60), new Note($"heartbeat {state}"));
            return LateResult.Ok(state);
        };
        app.Script.Disconnect = (_, state, _) => LateDisconnectResult.Ok(state + 1);
        var peer = await app.StartAsync(server);
        peer.Drop();
        clock.Advance(await app.BackoffAsync());
        peer = await app.AcceptAsync(server);

        clock.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal("heartbeat 1", await peer.ReceiveAsync());
        await app.Client.PostAsync(new Note("and nothing else"), Token);
        Assert.Equal("and nothing else", await peer.ReceiveAsync());
    }

    [BoundedFact]
    public async Task PostAfter_without_a_session_reports_it()
    {
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri);

        Assert.Throws<LateDisconnectedException>(() => app.Client.PostAfter(TimeSpan.FromSeconds(1), new Note("unseen")));
        await app.StartAsync(server);
        Assert.Throws<ArgumentOutOfRangeException>(() => app.Client.PostAfter(TimeSpan.FromSeconds(-1), new Note("too early")));
    }

    [BoundedFact]
    public async Task What_cannot_be_sent_or_waited_for_is_refused_immediately()
    {
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri);
        await app.StartAsync(server);

        await Assert.ThrowsAsync<ArgumentException>(async () => await app.Client.SendAsync(default, Token));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => app.Client.CallAsync(new Ask("a"), new LateCallOptions { Timeout = TimeSpan.Zero }, Token));
    }

    private static async Task<List<LateConnectionStatus>> WatchAsync(TestApp app)
    {
        var seen = new List<LateConnectionStatus>();
        await foreach (var status in app.Client.WatchAsync(Token))
        {
            seen.Add(status);
        }

        return seen;
    }
}
