using Late.Hosting.IntegrationTests.Support;

namespace Late.Hosting.IntegrationTests;

/// <summary>Promise P11: half-open is noticed within <c>KeepAliveInterval + KeepAliveTimeout</c>.</summary>
public sealed class KeepAliveTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(17);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(19);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [BoundedFact]
    public async Task P11_a_server_that_answers_no_ping_is_left_and_the_connection_reconnects()
    {
        var clock = new TestClock();
        using var server = RawServer.Start();
        await using var app = Create(server, clock);
        await app.StartAsync();
        using var peer = await server.AcceptAsync();
        await app.Client.WaitForReadyAsync(Token);

        clock.Advance(Interval);
        Assert.Equal(RawPeer.Ping, (await peer.ReadFrameAsync()).Opcode);
        clock.Advance(Limit - TimeSpan.FromSeconds(1));
        Assert.Equal(LateConnectionState.Ready, app.Client.State);
        clock.Advance(TimeSpan.FromSeconds(1));
        await app.Life.ExpectAsync("Init", "Connect", "Disconnect KeepAliveTimeout");
        clock.Advance(await app.BackoffAsync());
        using var next = await server.AcceptAsync();
    }

    [BoundedFact]
    public async Task P11_a_server_that_answers_is_kept_and_pinged_again_after_the_next_silence()
    {
        var clock = new TestClock();
        using var server = RawServer.Start();
        await using var app = Create(server, clock);
        await app.StartAsync();
        using var peer = await server.AcceptAsync();
        await app.Client.WaitForReadyAsync(Token);
        await app.Life.ExpectAsync("Init", "Connect");

        for (var i = 0; i < 5; i++)
        {
            clock.Advance(Interval);
            var (opcode, payload) = await peer.ReadFrameAsync();
            Assert.Equal(RawPeer.Ping, opcode);
            clock.Advance(TimeSpan.FromSeconds(2));
            // The message behind the pong shows that the pong has been read.
            await peer.WriteAsync([.. RawPeer.Frame(RawPeer.Pong, payload), .. RawPeer.TextFrame("read")]);
            await app.Life.ExpectAsync("In read");
            Assert.Equal(TimeSpan.FromSeconds(2), app.Client.RoundTrip);
        }

        Assert.Equal(LateConnectionState.Ready, app.Client.State);
    }

    [BoundedFact]
    public async Task P11_any_message_is_answer_enough()
    {
        var clock = new TestClock();
        using var server = RawServer.Start();
        await using var app = Create(server, clock);
        await app.StartAsync();
        using var peer = await server.AcceptAsync();
        await app.Client.WaitForReadyAsync(Token);
        await app.Life.ExpectAsync("Init", "Connect");

        clock.Advance(Interval);
        Assert.Equal(RawPeer.Ping, (await peer.ReadFrameAsync()).Opcode);
        clock.Advance(TimeSpan.FromSeconds(1));
        await peer.WriteAsync(RawPeer.TextFrame("busy"));
        await app.Life.ExpectAsync("In busy");
        clock.Advance(Limit - TimeSpan.FromSeconds(1));
        Assert.Equal(RawPeer.Ping, (await peer.ReadFrameAsync()).Opcode);
        clock.Advance(Limit);
        await app.Life.ExpectAsync("Disconnect KeepAliveTimeout");
    }

    [BoundedFact]
    public async Task A_connection_that_is_never_silent_is_pinged_once_an_interval_for_its_round_trip_and_outlives_a_missing_pong()
    {
        const int Intervals = 3;
        var second = TimeSpan.FromSeconds(1);
        var clock = new TestClock();
        using var server = RawServer.Start();
        await using var app = Create(server, clock);
        await app.StartAsync();
        using var peer = await server.AcceptAsync();
        await app.Client.WaitForReadyAsync(Token);
        await app.Life.ExpectAsync("Init", "Connect");

        for (var seconds = 0; seconds < Intervals * Interval.TotalSeconds; seconds++)
        {
            await peer.WriteAsync(RawPeer.TextFrame("busy"));
            await app.Life.ExpectAsync("In busy");
            clock.Advance(second);
        }

        // None is answered for longer than KeepAliveTimeout, and at most one an interval is there.
        var payload = Array.Empty<byte>();
        for (var ping = 0; ping < Intervals; ping++)
        {
            (var opcode, payload) = await peer.ReadFrameAsync();
            Assert.Equal(RawPeer.Ping, opcode);
        }

        Assert.Null(app.Client.RoundTrip);
        await app.Client.SendAsync(LateFrame.Text("and nothing else"), Token);
        Assert.Equal("and nothing else"u8.ToArray(), (await peer.ReadFrameAsync()).Payload);
        clock.Advance(second);
        await peer.WriteAsync([.. RawPeer.Frame(RawPeer.Pong, payload), .. RawPeer.TextFrame("read")]);
        await app.Life.ExpectAsync("In read");
        Assert.Equal(second, app.Client.RoundTrip);
        Assert.Equal(LateConnectionState.Ready, app.Client.State);
    }

    [BoundedFact]
    public async Task P11_a_server_that_neither_reads_nor_answers_is_noticed_while_a_write_is_blocked()
    {
        var clock = new TestClock();
        using var server = RawServer.Start();
        await using var app = Create(server, clock);
        await app.StartAsync();
        using var peer = await server.AcceptAsync();
        await app.Client.WaitForReadyAsync(Token);
        var send = app.Client.SendAsync(LateFrame.Binary(new byte[32 * 1024 * 1024]), Token).AsTask();
        await clock.TimerAsync(TimeSpan.FromHours(1));

        clock.Advance(Interval);
        clock.Advance(Limit);
        Assert.Equal(LateDelivery.Unknown, (await Assert.ThrowsAsync<LateDisconnectedException>(() => send)).Delivery);
        await app.Life.ExpectAsync("Init", "Connect", "Disconnect KeepAliveTimeout");
    }

    [BoundedFact]
    public async Task PingAsync_gives_the_round_trip_also_from_inside_a_callback()
    {
        var clock = new TestClock();
        using var server = RawServer.Start();
        await using var app = Create(server, clock);
        app.Script.In = async (_, state, ct) => LateResult.Send(state, LateFrame.Text($"{(await app.Script.Client.PingAsync(ct)).TotalSeconds}"));
        await app.StartAsync();
        using var peer = await server.AcceptAsync();
        await app.Client.WaitForReadyAsync(Token);
        Assert.Null(app.Client.RoundTrip);

        var ping = app.Client.PingAsync(Token);
        var (_, payload) = await peer.ReadFrameAsync();
        clock.Advance(TimeSpan.FromSeconds(3));
        await peer.WriteAsync([.. RawPeer.Frame(RawPeer.Pong, "not the answer"u8), .. RawPeer.Frame(RawPeer.Pong, payload)]);
        Assert.Equal(TimeSpan.FromSeconds(3), await ping);
        Assert.Equal(TimeSpan.FromSeconds(3), app.Client.RoundTrip);

        await peer.WriteAsync(RawPeer.TextFrame("ping yourself"));
        (_, payload) = await peer.ReadFrameAsync();
        clock.Advance(TimeSpan.FromSeconds(2));
        await peer.WriteAsync(RawPeer.Frame(RawPeer.Pong, payload));
        Assert.Equal("2"u8.ToArray(), (await peer.ReadFrameAsync()).Payload);
    }

    [BoundedFact]
    public async Task PingAsync_ends_with_its_session_and_when_it_is_cancelled()
    {
        using var server = RawServer.Start();
        await using var app = Create(server, new TestClock());
        await Assert.ThrowsAsync<LateDisconnectedException>(() => app.Client.PingAsync(Token));
        await app.StartAsync();
        using var peer = await server.AcceptAsync();
        await app.Client.WaitForReadyAsync(Token);
        using var caller = new CancellationTokenSource();

        var cancelled = app.Client.PingAsync(caller.Token);
        var pending = app.Client.PingAsync(Token);
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        peer.Dispose();
        await Assert.ThrowsAsync<LateDisconnectedException>(() => pending);
    }

    private static TestApp Create(RawServer server, TestClock clock) => new(
        server.Uri,
        options => (options.KeepAliveInterval, options.KeepAliveTimeout, options.SendTimeout) = (Interval, Limit, TimeSpan.FromHours(1)),
        clock);
}
