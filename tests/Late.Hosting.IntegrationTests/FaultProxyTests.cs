using Late.Hosting.IntegrationTests.Support;

namespace Late.Hosting.IntegrationTests;

/// <summary>Real faults of a network: each ends a session or slows it down, and none ends the connection.</summary>
public sealed class FaultProxyTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [BoundedFact]
    public async Task P5_a_reset_fails_the_calls_in_flight_and_the_connection_comes_back()
    {
        await using var server = await TestServer.StartAsync();
        await using var proxy = new FaultProxy(server.Uri);
        await using var app = new TestApp(proxy.Uri);
        var peer = await app.StartAsync(server);
        var link = await proxy.LinkAsync();
        var call = app.Client.CallAsync(new Ask("price"), Token);
        Assert.Equal("1 price", await peer.ReceiveAsync());

        link.Reset();
        Assert.Equal(LateDelivery.Unknown, (await Assert.ThrowsAsync<LateDisconnectedException>(() => call)).Delivery);
        await app.Life.ExpectAsync("Init", "Connect", "Call price", "Disconnect ConnectionLost");
        await AssertAnswersAsync(app, await app.AcceptAsync(server));
    }

    [BoundedFact]
    public async Task P10_a_reset_before_the_answer_is_a_failed_attempt()
    {
        await using var server = await TestServer.StartAsync();
        await using var proxy = new FaultProxy(server.Uri);
        await using var app = new TestApp(proxy.Uri);
        await app.StartAsync();
        await server.RequestAsync();

        (await proxy.LinkAsync()).Reset();
        await app.Logs.NextAsync("AttemptFailed");
        await AssertAnswersAsync(app, await app.AcceptAsync(server));
        await app.Life.ExpectAsync("Init", "Connect");
    }

    [BoundedFact]
    public async Task P11_a_network_that_swallows_everything_is_noticed_and_left()
    {
        var clock = new TestClock();
        await using var server = await TestServer.StartAsync();
        await using var proxy = new FaultProxy(server.Uri);
        await using var app = new TestApp(proxy.Uri, options => options.CallTimeout = TimeSpan.FromMinutes(5), clock);
        await app.StartAsync(server);

        (await proxy.LinkAsync()).Swallow();
        var call = app.Client.CallAsync(new Ask("price"), Token);
        await app.Life.ExpectAsync("Init", "Connect", "Call price");
        clock.Advance(TimeSpan.FromSeconds(20));
        clock.Advance(TimeSpan.FromSeconds(20));
        await app.Life.ExpectAsync("Disconnect KeepAliveTimeout");
        Assert.Equal(LateDelivery.Unknown, (await Assert.ThrowsAsync<LateDisconnectedException>(() => call)).Delivery);
        clock.Advance(await app.BackoffAsync());
        await AssertAnswersAsync(app, await app.AcceptAsync(server));
    }

    [BoundedFact]
    public async Task P10_an_upgrade_that_the_network_swallows_ends_with_ConnectTimeout()
    {
        var clock = new TestClock();
        await using var server = await TestServer.StartAsync();
        var links = 0;
        await using var proxy = new FaultProxy(server.Uri, link =>
        {
            if (++links == 1)
            {
                link.Swallow();
            }
        });
        await using var app = new TestApp(proxy.Uri, clock: clock);
        await app.StartAsync();
        await (await proxy.LinkAsync()).ToServer.SwallowedAsync();

        clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Contains("ConnectTimeout", (await app.Logs.NextAsync("AttemptFailed")).Message, StringComparison.Ordinal);
        clock.Advance(await app.BackoffAsync());
        await AssertAnswersAsync(app, await app.AcceptAsync(server));
    }

    [BoundedFact]
    public async Task P9_a_stop_ends_within_CloseTimeout_also_where_the_network_swallows_the_close_frame()
    {
        var clock = new TestClock();
        var closeTimeout = TimeSpan.FromSeconds(3);
        await using var server = await TestServer.StartAsync();
        await using var proxy = new FaultProxy(server.Uri);
        await using var app = new TestApp(proxy.Uri, options => options.CloseTimeout = closeTimeout, clock);
        await app.StartAsync(server);
        var link = await proxy.LinkAsync();

        link.Swallow();
        var stopping = app.StopAsync();
        await link.ToServer.SwallowedAsync();
        clock.Advance(closeTimeout);
        await stopping;
        await app.Logs.NextAsync("CloseTimedOut");
        await app.Life.ExpectAsync("Init", "Connect", "Disconnect HostStopping", "Terminate HostStopping");
    }

    [BoundedFact]
    public async Task A_server_that_ends_its_half_of_the_connection_has_ended_the_session()
    {
        await using var server = await TestServer.StartAsync();
        await using var proxy = new FaultProxy(server.Uri);
        await using var app = new TestApp(proxy.Uri);
        await app.StartAsync(server);

        (await proxy.LinkAsync()).ToClient.Finish();
        await app.Life.ExpectAsync("Init", "Connect", "Disconnect ConnectionLost");
        Assert.Equal("The server ended the connection without a close frame.", app.Script.Disconnected!.Description);
        await AssertAnswersAsync(app, await app.AcceptAsync(server));
    }

    [BoundedFact]
    public async Task P11_a_server_that_no_longer_receives_is_noticed_though_it_could_still_send()
    {
        var clock = new TestClock();
        using var server = RawServer.Start();
        await using var proxy = new FaultProxy(server.Uri);
        await using var app = new TestApp(proxy.Uri, clock: clock);
        await app.StartAsync();
        var peer = await server.AcceptAsync();
        await app.Client.WaitForReadyAsync(Token);

        (await proxy.LinkAsync()).ToServer.Finish();
        await peer.EndAsync();
        await peer.WriteAsync(RawPeer.TextFrame("still here"));
        await app.Life.ExpectAsync("Init", "Connect", "In still here");
        clock.Advance(TimeSpan.FromSeconds(20));
        clock.Advance(TimeSpan.FromSeconds(20));
        await app.Life.ExpectAsync("Disconnect KeepAliveTimeout");
        clock.Advance(await app.BackoffAsync());
        await server.AcceptAsync();
        await app.Client.WaitForReadyAsync(Token);
    }

    [BoundedFact]
    public async Task P1_a_network_of_one_byte_at_a_time_carries_everything_whole_and_in_order()
    {
        await using var server = await TestServer.StartAsync();
        await using var proxy = new FaultProxy(server.Uri, link => link.ToClient.PieceBytes = link.ToServer.PieceBytes = 1);
        await using var app = new TestApp(proxy.Uri);
        var peer = await app.StartAsync(server);
        string[] messages = ["", "a", "grüß dich, 世界 🌍", new string('x', 99)];

        foreach (var message in messages)
        {
            await peer.SendAsync(message);
        }

        await peer.SendAsync(new byte[70_000]);
        await app.Life.ExpectAsync(["Init", "Connect", .. messages.Select(message => $"In {message}"), "In 70000 bytes"]);
        await app.Client.SendAsync(LateFrame.Text(new string('ü', 1000)), Token);
        Assert.Equal(new string('ü', 1000), await peer.ReceiveAsync());
        await AssertAnswersAsync(app, peer);
        await peer.CloseAsync(1012, "restart");
        await app.Life.SkipToAsync("Disconnect ClosedByServer");
        Assert.Equal((1012, "restart"), (app.Script.Disconnected!.CloseCode, app.Script.Disconnected.CloseReason));
    }

    [BoundedFact]
    public async Task P11_a_message_that_takes_minutes_to_arrive_does_not_cost_the_connection()
    {
        var clock = new TestClock();
        var network = new TestClock();
        var gauge = new ReadGauge();
        await using var server = await TestServer.StartAsync();
        await using var proxy = new FaultProxy(server.Uri);
        await using var app = new TestApp(proxy.Uri, clock: clock, configure: gauge.Attach);
        var peer = await app.StartAsync(server);
        var link = await proxy.LinkAsync();
        var second = TimeSpan.FromSeconds(1);
        (link.ToClient.PieceBytes, link.ToClient.TimePerPiece, link.ToClient.Time) = (1000, second, network);

        // 200 kB at 1 kB/s: a silence of a fifth of that time would end the session.
        const int HeaderBytes = 10;
        var sending = peer.SendAsync(new byte[200_000]);
        var end = gauge.Bytes + HeaderBytes + 200_000;
        for (var read = gauge.Bytes; read < end;)
        {
            await network.TimerAsync(second);
            network.Advance(second);
            read = await gauge.PastAsync(read);
            clock.Advance(second);
        }

        await app.Life.ExpectAsync("Init", "Connect", "In 200000 bytes");
        await sending;
        Assert.Equal(LateConnectionState.Ready, app.Client.State);
    }

    [BoundedFact]
    public async Task P5_a_reply_that_the_network_delays_past_the_calls_time_changes_nothing()
    {
        var clock = new TestClock();
        var network = new TestClock();
        var delay = TimeSpan.FromSeconds(6);
        await using var server = await TestServer.StartAsync();
        await using var proxy = new FaultProxy(server.Uri);
        await using var app = new TestApp(proxy.Uri, clock: clock);
        var peer = await app.StartAsync(server);
        var link = await proxy.LinkAsync();
        (link.ToClient.TimePerPiece, link.ToClient.Time) = (delay, network);
        var call = app.Client.CallAsync(new Ask("price"), Token);
        var message = await peer.ReceiveAsync();

        await peer.SendAsync(message!);
        await network.TimerAsync(delay);
        clock.Advance(delay);
        Assert.Equal(LateDelivery.Unknown, (await Assert.ThrowsAsync<LateCallTimeoutException>(() => call)).Delivery);
        network.Advance(delay);
        await app.Life.ExpectAsync("Init", "Connect", "Call price", "In 1 price");
        Assert.Equal(LateConnectionState.Ready, app.Client.State);
        Assert.Equal(0, app.Script.Pending.Count);
    }

    [BoundedFact]
    public async Task A_round_trip_counts_the_delay_of_the_network()
    {
        var clock = new TestClock();
        var delay = TimeSpan.FromSeconds(3.3);
        await using var server = await TestServer.StartAsync();
        await using var proxy = new FaultProxy(server.Uri);
        await using var app = new TestApp(proxy.Uri, clock: clock);
        var peer = await app.StartAsync(server);
        var link = await proxy.LinkAsync();
        (link.ToServer.TimePerPiece, link.ToServer.Time) = (delay, clock);

        // Kestrel answers pings while a message is waited for.
        var receiving = peer.ReceiveAsync();
        var ping = app.Client.PingAsync(Token);
        await clock.TimerAsync(delay);
        clock.Advance(delay);
        Assert.Equal(delay, await ping);
        Assert.Equal(delay, app.Client.RoundTrip);
        peer.Drop();
        await Assert.ThrowsAnyAsync<Exception>(() => receiving);
    }

    private static async Task AssertAnswersAsync(TestApp app, TestPeer peer)
    {
        var call = app.Client.CallAsync(new Ask("again"), Token);
        var message = await peer.ReceiveAsync();
        Assert.EndsWith(" again", message, StringComparison.Ordinal);
        await peer.SendAsync(message!);
        Assert.Equal("again", await call);
    }
}
