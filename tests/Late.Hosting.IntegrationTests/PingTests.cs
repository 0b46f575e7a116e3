using System.Text;
using Late.Hosting.Diagnostics;
using Late.Hosting.IntegrationTests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Late.Hosting.IntegrationTests;

/// <summary>Pings from the server and to it (RFC 6455 §5.5.2 and §5.5.3).</summary>
public sealed class PingTests
{
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
        var statistics = app.Host.Services.GetRequiredService<ConnectionDirectory>().Connections.Single().Statistics;

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
        await peer.WriteAsync(RawPeer.Frame(RawPeer.Pong, "unsolicited"u8));
        await peer.WriteAsync(RawPeer.Frame(RawPeer.Pong, frames[1].Payload));
        Assert.True(await second > TimeSpan.Zero);
        Assert.False(first.IsCompleted);
        await peer.WriteAsync(RawPeer.Frame(RawPeer.Pong, frames[0].Payload));
        Assert.Equal(await first, app.Client.RoundTrip);
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

    [BoundedFact]
    public async Task P11_the_keep_alive_pings_after_an_interval_of_silence_and_ends_the_session_after_the_timeout()
    {
        using var server = RawServer.Start();
        var clock = new TestClock();
        await using var app = new TestApp(server.Uri, clock: clock);
        await app.StartAsync();
        using var peer = await server.AcceptAsync();
        await app.Client.WaitForReadyAsync(Token);
        clock.Advance(TimeSpan.FromSeconds(20));
        var ping = await peer.ReadFrameAsync();
        clock.Advance(TimeSpan.FromSeconds(19.9));

        Assert.Equal(RawPeer.Ping, ping.Opcode);
        Assert.Equal(LateConnectionState.Ready, app.Client.State);
        clock.Advance(TimeSpan.FromSeconds(0.1));
        await app.ReachAsync(LateConnectionState.Reconnecting);
        await app.Life.SkipToAsync("Disconnect KeepAliveTimeout");
    }

    [BoundedFact]
    public async Task P8_time_in_which_we_do_not_read_does_not_count_for_the_keep_alive()
    {
        using var server = RawServer.Start();
        var clock = new TestClock();
        await using var app = new TestApp(server.Uri, options => options.ReceiveBufferBytes = 1, clock);
        var hold = new TaskCompletionSource();
        app.Script.In = async (_, state, _) =>
        {
            await hold.Task;
            return LateResult.Send(state, LateFrame.Text("done"));
        };
        await app.StartAsync();
        using var peer = await server.AcceptAsync();
        await app.Client.WaitForReadyAsync(Token);
        await peer.WriteAsync(RawPeer.TextFrame("blocks"));
        await app.Logs.NextAsync("ReadingPaused");
        for (var i = 0; i < 10; i++)
        {
            clock.Advance(TimeSpan.FromSeconds(20));
        }

        hold.SetResult();
        Assert.Equal("done", Encoding.UTF8.GetString((await peer.ReadFrameAsync()).Payload));
        Assert.Equal(LateConnectionState.Ready, app.Client.State);
    }
}
