using System.Text;
using Late.Hosting.IntegrationTests.Support;

namespace Late.Hosting.IntegrationTests;

/// <summary>The closing handshake (RFC 6455 §5.5.1 and §7.1), byte by byte.</summary>
public sealed class CloseTests
{
    private static readonly byte[] s_normal = [0x03, 0xE8];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [BoundedFact]
    public async Task A_message_before_the_servers_close_is_answered_before_our_close_RFC6455_5_5_1()
    {
        using var server = RawServer.Start();
        await using var app = Echo(server);
        await app.StartAsync();
        using var peer = await server.AcceptAsync();
        await peer.WriteAsync([.. RawPeer.TextFrame("last words"), .. RawPeer.Frame(RawPeer.Close, s_normal)]);

        var (_, echoed) = await peer.ReadFrameAsync();
        var (opcode, payload) = await peer.ReadFrameAsync();

        Assert.Equal("last words", Encoding.UTF8.GetString(echoed));
        Assert.Equal(RawPeer.Close, opcode);
        Assert.Equal(s_normal, payload);
    }

    [BoundedFact]
    public async Task A_message_before_a_violation_is_answered_before_our_close_with_1002()
    {
        using var server = RawServer.Start();
        await using var app = Echo(server);
        await app.StartAsync();
        using var peer = await server.AcceptAsync();
        await peer.WriteAsync([.. RawPeer.TextFrame("fine"), 0xB1, 0x00]);

        var (_, echoed) = await peer.ReadFrameAsync();
        var (opcode, payload) = await peer.ReadFrameAsync();

        Assert.Equal("fine", Encoding.UTF8.GetString(echoed));
        Assert.Equal(RawPeer.Close, opcode);
        Assert.Equal([0x03, 0xEA], payload[..2]);
    }

    [BoundedFact]
    public async Task A_close_without_a_code_is_answered_without_one()
    {
        using var server = RawServer.Start();
        await using var app = Echo(server);
        await app.StartAsync();
        using var peer = await server.AcceptAsync();
        await peer.WriteAsync(RawPeer.Frame(RawPeer.Close, []));

        var (opcode, payload) = await peer.ReadFrameAsync();

        Assert.Equal(RawPeer.Close, opcode);
        Assert.Empty(payload);
    }

    [BoundedFact]
    public async Task Closes_that_cross_each_other_end_the_session_with_one_close_of_ours()
    {
        using var server = RawServer.Start();
        await using var app = Echo(server);
        await app.StartAsync();
        using var peer = await server.AcceptAsync();
        await app.Client.WaitForReadyAsync(Token);
        await app.Client.ReconnectAsync("rotation", Token);
        await peer.WriteAsync(RawPeer.Frame(RawPeer.Close, s_normal));

        var (opcode, payload) = await peer.ReadFrameAsync();
        Assert.Equal(RawPeer.Close, opcode);
        Assert.Equal("rotation", Encoding.UTF8.GetString(payload[2..]));
        peer.Dispose();
        using var next = await server.AcceptAsync();
    }

    private static TestApp Echo(RawServer server)
    {
        var app = new TestApp(server.Uri);
        app.Script.In = (frame, state, _) => LateResult.Send(state, frame);
        return app;
    }
}
