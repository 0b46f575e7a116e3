using System.Text;
using Late.Hosting.IntegrationTests.Support;

namespace Late.Hosting.IntegrationTests;

/// <summary>A limit on what is sent, on a real socket.</summary>
public sealed class SendLimitTests
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(7);

    [BoundedFact]
    public async Task What_echoes_received_memory_waits_with_a_copy_and_pings_are_answered_meanwhile()
    {
        var clock = new TestClock();
        using var server = RawServer.Start();
        await using var app = new TestApp(server.Uri, options => (options.SendLimit.Frames, options.SendLimit.Window) = (2, Window), clock);
        app.Script.In = (frame, state, _) => LateResult.Send(state, frame);
        await app.StartAsync();
        using var peer = await server.AcceptAsync();
        await peer.WriteAsync([.. RawPeer.TextFrame("1"), .. RawPeer.TextFrame("2"), .. RawPeer.TextFrame("3")]);
        Assert.Equal(["1", "2"], [await TextAsync(peer), await TextAsync(peer)]);
        await clock.TimerAsync(Window);

        // The same buffer, and what was read into it before is to be sent still.
        await peer.WriteAsync([.. RawPeer.TextFrame("4"), .. RawPeer.Frame(RawPeer.Ping, "meanwhile"u8)]);
        var (opcode, payload) = await peer.ReadFrameAsync();
        Assert.Equal((RawPeer.Pong, "meanwhile"), (opcode, Encoding.UTF8.GetString(payload)));
        await app.Life.SkipToAsync("In 4");
        clock.Advance(Window);

        Assert.Equal(["3", "4"], [await TextAsync(peer), await TextAsync(peer)]);
    }

    private static async Task<string> TextAsync(RawPeer peer) => Encoding.UTF8.GetString((await peer.ReadFrameAsync()).Payload);
}
