using System.Globalization;
using Late.Hosting.IntegrationTests.Support;

namespace Late.Hosting.IntegrationTests;

/// <summary>A server whose compressor ends each message with a final block (RFC 7692 §7.2.3.4), as Bun does with small ones.</summary>
public sealed class FinalBlockTests
{
    private static readonly byte[] s_hello = [0xC1, 0x08, 0xF3, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00, 0x00];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [BoundedTheory]
    [InlineData(LateCompression.Deflate, "")]
    [InlineData(LateCompression.Deflate, "; client_no_context_takeover; server_no_context_takeover")]
    [InlineData(LateCompression.DeflateNoContextTakeover, "; client_no_context_takeover; server_no_context_takeover")]
    public async Task Messages_with_final_blocks_are_read_right_behind_the_upgrade_and_later(LateCompression compression, string parameters)
    {
        using var server = RawServer.Start();
        await using var app = new TestApp(server.Uri, options => options.Compression = compression);
        await app.StartAsync();
        using var peer = await server.ConnectionAsync();
        await peer.UpgradeAsync(string.Create(CultureInfo.InvariantCulture, $"Sec-WebSocket-Extensions: permessage-deflate{parameters}\r\n"), [.. s_hello, .. s_hello]);
        await app.Life.ExpectAsync("Init", "Connect", "In Hello", "In Hello");

        // In pieces; in fragments with a ping between them; and next to ordinary messages.
        await peer.WriteAsync(s_hello[..4]);
        await peer.WriteAsync(s_hello[4..]);
        await peer.WriteAsync([0x41, 0x03, .. s_hello[2..5], .. RawPeer.Frame(RawPeer.Ping, []), 0x80, 0x05, .. s_hello[5..]]);
        await peer.WriteAsync([0xC1, 0x07, 0xF2, .. s_hello[3..9], .. RawPeer.TextFrame("plain"), .. s_hello]);
        await app.Life.ExpectAsync("In Hello", "In Hello", "In Hello", "In plain", "In Hello");
        Assert.Equal(LateConnectionState.Ready, app.Client.State);
    }

    [BoundedFact]
    public async Task What_follows_a_final_block_and_is_no_DEFLATE_data_ends_the_session_with_1007()
    {
        using var server = RawServer.Start();
        await using var app = new TestApp(server.Uri, options => options.Compression = LateCompression.Deflate);
        await app.StartAsync();
        using var peer = await server.ConnectionAsync();
        await peer.UpgradeAsync("Sec-WebSocket-Extensions: permessage-deflate\r\n", s_hello);
        await peer.WriteAsync([0xC1, 0x09, .. s_hello[2..9], 0xFF, 0xFF]);

        Assert.Equal(1007, await peer.ReadCloseAsync());
        peer.Dispose();
        await app.Life.ExpectAsync("Init", "Connect", "In Hello", "Disconnect ProtocolError");
    }
}
