using Late.Hosting.IntegrationTests.Support;

namespace Late.Hosting.IntegrationTests;

/// <summary>Promise P11: half-open is noticed. The socket's own clock decides, so that these tests run on real time.</summary>
public sealed class KeepAliveTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [BoundedFact]
    public async Task P11_a_server_that_answers_no_ping_is_left_and_the_connection_reconnects()
    {
        using var server = RawServer.Start();
        await using var app = Quick(server);
        await app.StartAsync();
        using var peer = await server.AcceptAsync();

        Assert.Equal(RawPeer.Ping, (await peer.ReadFrameAsync()).Opcode);
        await app.Life.ExpectAsync("Init", "Connect", "Disconnect KeepAliveTimeout");
        using var next = await server.AcceptAsync();
    }

    [BoundedFact]
    public async Task P11_a_server_that_neither_reads_nor_answers_is_noticed_while_a_write_is_blocked()
    {
        using var server = RawServer.Start();
        await using var app = Quick(server);
        await app.StartAsync();
        using var peer = await server.AcceptAsync();
        await app.Client.WaitForReadyAsync(Token);

        var send = app.Client.SendAsync(LateFrame.Binary(new byte[32 * 1024 * 1024]), Token).AsTask();
        Assert.Equal(LateDelivery.Unknown, (await Assert.ThrowsAsync<LateDisconnectedException>(() => send)).Delivery);
        await app.Life.ExpectAsync("Init", "Connect", "Disconnect KeepAliveTimeout");
    }

    private static TestApp Quick(RawServer server) => new(server.Uri, options =>
    {
        (options.KeepAliveInterval, options.KeepAliveTimeout) = (TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(100));
        options.SendTimeout = TimeSpan.FromMinutes(10);
    });
}
