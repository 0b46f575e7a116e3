using System.Text;
using Late.Hosting.IntegrationTests.Support;

namespace Late.Hosting.IntegrationTests;

/// <summary>The pings of the keep-alive (promises P8 and P11).</summary>
public sealed class KeepAlivePingTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [BoundedFact] // The keep-alive's ping and PingAsync's share their numbers: a pong for either acknowledges what was before it.
    public async Task P11_pings_of_the_keep_alive_and_of_PingAsync_do_not_disturb_each_other()
    {
        using var server = RawServer.Start();
        var clock = new TestClock();
        await using var app = new TestApp(server.Uri, clock: clock);
        await app.StartAsync();
        using var peer = await server.AcceptAsync();
        await app.Client.WaitForReadyAsync(Token);
        clock.Advance(TimeSpan.FromSeconds(15));
        var before = app.Client.PingAsync(Token);
        clock.Advance(TimeSpan.FromSeconds(5));
        var after = app.Client.PingAsync(Token);
        await peer.ReadFrameAsync();
        var ofKeepAlive = await peer.ReadFrameAsync();
        await peer.ReadFrameAsync();

        await peer.WriteAsync(RawPeer.Frame(RawPeer.Pong, ofKeepAlive.Payload));
        Assert.Equal(TimeSpan.FromSeconds(5), await before);
        Assert.Equal(TimeSpan.Zero, app.Client.RoundTrip);
        Assert.False(after.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(20));
        var error = await Assert.ThrowsAsync<LateCallTimeoutException>(() => after);
        Assert.Contains("did not answer a ping within KeepAliveTimeout", error.Message, StringComparison.Ordinal);
        Assert.Equal(LateConnectionState.Ready, app.Client.State);
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
