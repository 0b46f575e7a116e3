using System.Text;
using Late.Hosting.IntegrationTests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Late.Hosting.IntegrationTests;

/// <summary>Pings from the server and to it (RFC 6455 §5.5.2 and §5.5.3).</summary>
public sealed class PingTests
{
    private static readonly TimeSpan s_sendTimeout = TimeSpan.FromHours(1);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [BoundedFact]
    public async Task P8_pings_are_answered_while_a_callback_runs()
    {
        using var server = RawServer.Start();
        await using var app = new TestApp(server.Uri);
        var hold = new TaskCompletionSource();
        app.Script.In = async (_, state, _) =>
        {
            await hold.Task;
            return LateResult.Send(state, LateFrame.Text("done"));
        };
        await app.StartAsync();
        using var peer = await server.AcceptAsync();
        await peer.WriteAsync(RawPeer.TextFrame("blocks"));
        await app.Life.SkipToAsync("In blocks");

        foreach (var payload in new[] { "one", "two", "" })
        {
            await peer.WriteAsync(RawPeer.Frame(RawPeer.Ping, Encoding.UTF8.GetBytes(payload)));
            var (opcode, echoed) = await peer.ReadFrameAsync();
            Assert.Equal(RawPeer.Pong, opcode);
            Assert.Equal(payload, Encoding.UTF8.GetString(echoed));
        }

        hold.SetResult();
        Assert.Equal("done", Encoding.UTF8.GetString((await peer.ReadFrameAsync()).Payload));
        Assert.Equal(LateConnectionState.Ready, app.Client.State);
    }

    [BoundedFact]
    public async Task Bytes_and_round_trips_are_measured()
    {
        using var outlet = new Outlet();
        using var server = RawServer.Start();
        await using var app = new TestApp(server.Uri);
        await app.StartAsync();
        using var peer = await server.AcceptAsync();
        await app.Client.WaitForReadyAsync(Token);
        var ping = app.Client.PingAsync(Token);
        await peer.WriteAsync(RawPeer.Frame(RawPeer.Pong, (await peer.ReadFrameAsync()).Payload));
        await ping;
        await peer.WriteAsync(RawPeer.TextFrame("four"));
        await app.Life.SkipToAsync("In four");
        var statistics = app.Host.Services.GetRequiredService<ILateConnectionDirectory>().GetConnections().Single().GetStatistics();

        // A ping and its pong have numbers of 8 bytes, and what the client sends a mask of 4.
        Assert.Equal((2 + 8 + 2 + 4, 2 + 4 + 8), (statistics.BytesReceived, statistics.BytesSent));
        Assert.Equal((1, 0, await ping), (statistics.FramesReceived, statistics.FramesSent, statistics.RoundTrip));
        Assert.Contains(outlet.Measured, static measured => measured.StartsWith(LateTelemetry.PingDuration, StringComparison.Ordinal));
    }

    [BoundedFact]
    public async Task PingAsync_gives_the_round_trip()
    {
        using var server = RawServer.Start();
        await using var app = new TestApp(server.Uri);
        await app.StartAsync();
        using var peer = await server.AcceptAsync();
        await app.Client.WaitForReadyAsync(Token);
        var (first, second) = (app.Client.PingAsync(Token), app.Client.PingAsync(Token));
        var frames = new[] { await peer.ReadFrameAsync(), await peer.ReadFrameAsync() };

        Assert.All(frames, frame => Assert.Equal(RawPeer.Ping, frame.Opcode));
        await peer.WriteAsync(RawPeer.Frame(RawPeer.Pong, frames[0].Payload));
        Assert.Equal(await first, app.Client.RoundTrip);
        Assert.False(second.IsCompleted);
        await peer.WriteAsync(RawPeer.Frame(RawPeer.Pong, frames[1].Payload));
        Assert.Equal(await second, app.Client.RoundTrip);
    }

    [BoundedFact] // RFC 6455 §5.5.3: several unanswered pings may be answered by one pong, for the last of them.
    public async Task A_pong_acknowledges_all_earlier_pings_and_no_later_one()
    {
        using var server = RawServer.Start();
        var clock = new TestClock();
        await using var app = new TestApp(server.Uri, clock: clock);
        await app.StartAsync();
        using var peer = await server.AcceptAsync();
        await app.Client.WaitForReadyAsync(Token);
        var first = app.Client.PingAsync(Token);
        using var leaving = new CancellationTokenSource();
        var second = app.Client.PingAsync(leaving.Token);
        clock.Advance(TimeSpan.FromSeconds(2));
        var third = app.Client.PingAsync(Token);
        var fourth = app.Client.PingAsync(Token);
        var payloads = new List<byte[]>();
        for (var i = 0; i < 4; i++)
        {
            payloads.Add((await peer.ReadFrameAsync()).Payload);
        }

        await leaving.CancelAsync();
        clock.Advance(TimeSpan.FromSeconds(1));
        await peer.WriteAsync(RawPeer.Frame(RawPeer.Pong, payloads[2]));

        Assert.Equal((TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(1)), (await first, await third));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        Assert.False(fourth.IsCompleted);

        // One whose caller has left acknowledges those before it, too.
        await peer.WriteAsync(RawPeer.Frame(RawPeer.Pong, payloads[3]));
        Assert.Equal(TimeSpan.FromSeconds(1), await fourth);
        Assert.Equal(TimeSpan.FromSeconds(1), app.Client.RoundTrip);
    }

    [BoundedFact] // RFC 6455 §5.5.3: a pong that answers no ping is allowed.
    public async Task A_pong_that_answers_no_ping_has_no_effect()
    {
        using var server = RawServer.Start();
        var clock = new TestClock();
        await using var app = new TestApp(server.Uri, clock: clock);
        await app.StartAsync();
        using var peer = await server.AcceptAsync();
        await app.Client.WaitForReadyAsync(Token);
        var first = app.Client.PingAsync(Token);
        var payload = (await peer.ReadFrameAsync()).Payload;
        byte[] next = [.. payload[..^1], (byte)(payload[^1] + 1)];
        foreach (var other in new[] { "unsolicited"u8.ToArray(), [], next, payload[..^1], [.. payload, 0], [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF] })
        {
            await peer.WriteAsync(RawPeer.Frame(RawPeer.Pong, other));
        }

        await peer.WriteAsync(RawPeer.TextFrame("behind them"));
        await app.Life.SkipToAsync("In behind them");
        Assert.False(first.IsCompleted);
        Assert.Null(app.Client.RoundTrip);

        // The same pong twice is one answer.
        clock.Advance(TimeSpan.FromSeconds(1));
        await peer.WriteAsync(RawPeer.Frame(RawPeer.Pong, payload));
        Assert.Equal(TimeSpan.FromSeconds(1), await first);
        clock.Advance(TimeSpan.FromSeconds(1));
        await peer.WriteAsync([.. RawPeer.Frame(RawPeer.Pong, payload), .. RawPeer.TextFrame("again")]);
        await app.Life.SkipToAsync("In again");
        Assert.Equal(TimeSpan.FromSeconds(1), app.Client.RoundTrip);
    }

    [BoundedFact] // However much waits to be written, our own ping waits with it, and is not left out.
    public async Task A_ping_behind_more_than_a_mebibyte_of_frames_is_sent_and_answered()
    {
        using var server = RawServer.Start();
        var (clock, gate) = (new TestClock(), new WriteGate());
        await using var app = new TestApp(server.Uri, options => options.SendTimeout = s_sendTimeout, clock, gate.Attach);
        await app.StartAsync();
        using var peer = await server.AcceptAsync();
        await app.Client.WaitForReadyAsync(Token);
        var (first, send, second, open) = await BlockedAsync(app, clock, peer, gate);
        open.SetResult();

        Assert.Equal(RawPeer.Ping, (await peer.ReadFrameAsync()).Opcode);
        Assert.Equal(2 << 20, (await peer.ReadFrameAsync()).Payload.Length);
        await send;
        var ping = await peer.ReadFrameAsync();
        Assert.Equal(RawPeer.Ping, ping.Opcode);
        await peer.WriteAsync(RawPeer.Frame(RawPeer.Pong, ping.Payload));
        await Task.WhenAll(first, second);
    }

    [BoundedFact] // A ping that could not be written is no fault of the server's.
    public async Task P11_a_ping_that_could_not_be_written_does_not_blame_the_server()
    {
        using var server = RawServer.Start();
        var (clock, gate) = (new TestClock(), new WriteGate());
        await using var app = new TestApp(server.Uri, options => options.SendTimeout = s_sendTimeout, clock, gate.Attach);
        await app.StartAsync();
        using var peer = await server.AcceptAsync();
        await app.Client.WaitForReadyAsync(Token);
        var (first, send, second, _) = await BlockedAsync(app, clock, peer, gate);
        clock.Advance(TimeSpan.FromSeconds(20));

        foreach (var ping in new[] { first, second })
        {
            var error = await Assert.ThrowsAsync<LateCallTimeoutException>(() => ping);
            Assert.Contains("could not be written within KeepAliveTimeout", error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("server", error.Message, StringComparison.OrdinalIgnoreCase);
        }

        clock.Advance(TimeSpan.FromSeconds(20));
        await app.Life.SkipToAsync("Disconnect KeepAliveTimeout");
        Assert.Contains("a ping could not be written", app.Script.Disconnected!.Description, StringComparison.Ordinal);
        Assert.Equal(LateDelivery.NotDelivered, (await Assert.ThrowsAsync<LateDisconnectedException>(() => send)).Delivery);
    }

    [BoundedTheory] // A write that fails has lost the session, also where nothing else is written or read.
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_ping_whose_write_fails_ends_with_its_session(bool ofKeepAlive)
    {
        using var server = RawServer.Start();
        var (clock, gate) = (new TestClock(), new WriteGate());
        await using var app = new TestApp(server.Uri, clock: clock, configure: gate.Attach);
        await app.StartAsync();
        using var peer = await server.AcceptAsync();
        await app.Client.WaitForReadyAsync(Token);
        gate.Before = () => Task.FromException(new IOException("broken pipe"));
        if (ofKeepAlive)
        {
            clock.Advance(TimeSpan.FromSeconds(20));
        }
        else
        {
            await Assert.ThrowsAsync<LateDisconnectedException>(() => app.Client.PingAsync(Token));
        }

        await app.Life.SkipToAsync("Disconnect ConnectionLost");
        Assert.Equal("A write failed.", app.Script.Disconnected!.Description);
    }

    [BoundedFact]
    public async Task PingAsync_fails_with_its_session()
    {
        using var server = RawServer.Start();
        await using var app = new TestApp(server.Uri);
        await Assert.ThrowsAsync<LateDisconnectedException>(() => app.Client.PingAsync(Token));
        await app.StartAsync();
        using var peer = await server.AcceptAsync();
        await app.Client.WaitForReadyAsync(Token);
        var ping = app.Client.PingAsync(Token);
        await peer.ReadFrameAsync();
        peer.Dispose();

        await Assert.ThrowsAsync<LateDisconnectedException>(() => ping);
    }

    [BoundedFact]
    public async Task Pings_and_pongs_can_be_among_the_frames_of_a_result()
    {
        using var server = RawServer.Start();
        await using var app = new TestApp(server.Uri);
        app.Script.Connect = (_, state, _) => LateResult.Send(state, [LateFrame.Ping("a"u8.ToArray()), LateFrame.Pong("b"u8.ToArray())]);
        await app.StartAsync();
        using var peer = await server.AcceptAsync();

        Assert.Equal(RawPeer.Ping, (await peer.ReadFrameAsync()).Opcode);
        Assert.Equal(RawPeer.Pong, (await peer.ReadFrameAsync()).Opcode);
    }

    // A ping whose write is held, 2 MiB behind it, and a ping behind those.
    private static async Task<(Task<TimeSpan> First, Task Send, Task<TimeSpan> Second, TaskCompletionSource Open)> BlockedAsync(
        TestApp app, TestClock clock, RawPeer peer, WriteGate gate)
    {
        // What the start of the session flushes is not held up: by the callback of a frame it is over.
        await peer.WriteAsync(RawPeer.TextFrame("first"));
        await app.Life.SkipToAsync("In first");
        var open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        gate.Before = () => open.Task;
        var first = app.Client.PingAsync(Token);
        var send = app.Client.SendAsync(LateFrame.Binary(new byte[2 << 20]), Token).AsTask();
        await clock.TimerAsync(s_sendTimeout);
        return (first, send, app.Client.PingAsync(Token), open);
    }
}
