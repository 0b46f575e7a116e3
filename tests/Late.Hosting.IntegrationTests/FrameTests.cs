using Late.Hosting.IntegrationTests.Support;

namespace Late.Hosting.IntegrationTests;

/// <summary>What goes over the wire, both ways.</summary>
public sealed class FrameTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [BoundedTheory]
    [InlineData(0)]
    [InlineData(125)]
    [InlineData(126)]
    [InlineData(65_535)]
    [InlineData(65_536)]
    [InlineData(1024 * 1024)]
    public async Task Text_of_any_length_goes_both_ways(int length)
    {
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri);
        app.Script.In = (frame, state, _) => LateResult.Send(state, frame);
        var peer = await app.StartAsync(server);
        var text = new string('x', length);

        await peer.SendAsync(text);
        Assert.Equal(text, await peer.ReceiveAsync());
    }

    [BoundedTheory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(65_536)]
    [InlineData(1024 * 1024)]
    public async Task Binary_of_any_length_goes_both_ways(int length)
    {
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri);
        app.Script.In = (frame, state, _) => LateResult.Send(state, LateFrame.Binary(frame.ToArray()));
        var peer = await app.StartAsync(server);
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);

        await peer.SendAsync(bytes);
        Assert.Equal(bytes, await peer.ReceiveBinaryAsync());
    }

    [BoundedFact]
    public async Task A_fragmented_message_is_received_whole()
    {
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri);
        var peer = await app.StartAsync(server);

        await peer.SendPartAsync("one ", isLast: false);
        await peer.SendPartAsync("", isLast: false);
        await peer.SendPartAsync("message", isLast: true);
        await app.Life.ExpectAsync("Init", "Connect", "In one message");
    }

    [BoundedFact]
    public async Task A_character_cut_by_fragments_with_a_ping_in_between_is_received_whole()
    {
        using var server = RawServer.Start();
        await using var app = new TestApp(server.Uri);
        await app.StartAsync();
        using var peer = await server.AcceptAsync();
        var euro = "€"u8.ToArray();

        await peer.WriteAsync(
        [
            .. RawPeer.Frame(RawPeer.Text, euro.AsSpan(0, 1), isLast: false),
            .. RawPeer.Frame(RawPeer.Ping, "p"u8),
            .. RawPeer.Frame(0, euro.AsSpan(1)),
        ]);
        await app.Life.ExpectAsync("Init", "Connect", "In €");
        Assert.Equal(RawPeer.Pong, (await peer.ReadFrameAsync()).Opcode);
    }

    [BoundedFact]
    public async Task A_message_of_MaxMessageBytes_is_taken_and_a_longer_one_closes_with_1009()
    {
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri, options => options.MaxMessageBytes = 1000);
        var peer = await app.StartAsync(server);

        await peer.SendAsync(new byte[1000]);
        await app.Life.ExpectAsync("Init", "Connect", "In 1000 bytes");
        await peer.SendAsync(new byte[1001]);
        Assert.Equal(1009, (await peer.AnswerCloseAsync()).Code);
        await app.Life.ExpectAsync("Disconnect ProtocolError");
        Assert.Contains("MaxMessageBytes (1000)", app.Script.Disconnected!.Description, StringComparison.Ordinal);
        await app.AcceptAsync(server);
    }

    [BoundedFact]
    public async Task A_server_that_continues_sending_after_a_message_too_big_reads_1009_and_can_answer()
    {
        var clock = new TestClock();
        using var server = RawServer.Start();
        await using var app = new TestApp(server.Uri, options => options.MaxMessageBytes = 1000, clock);
        await app.StartAsync();
        using var peer = await server.AcceptAsync();
        var message = RawPeer.Frame(RawPeer.Text, new byte[60_000]);

        await peer.WriteAsync(message);
        Assert.Equal(1009, await peer.ReadCloseAsync());
        for (var i = 0; i < 500; i++)
        {
            // A client that had gone would make a write of so much fail.
            await peer.WriteAsync(message);
        }

        await peer.WriteAsync(RawPeer.Frame(RawPeer.Close, [0x03, 0xF1]));
        peer.Dispose();
        clock.Advance(await app.BackoffAsync());
        using var next = await server.AcceptAsync();
    }

    [BoundedFact]
    public async Task Text_that_is_not_UTF8_ends_the_session_and_the_connection_reconnects()
    {
        using var server = RawServer.Start();
        await using var app = new TestApp(server.Uri);
        await app.StartAsync();
        using var peer = await server.AcceptAsync();

        await peer.WriteAsync([.. RawPeer.TextFrame("good"), .. RawPeer.Frame(RawPeer.Text, [0xC3, 0x28])]);
        Assert.Equal(1007, await peer.ReadCloseAsync());
        peer.Dispose();
        await app.Life.ExpectAsync("Init", "Connect", "In good", "Disconnect ProtocolError");
        using var next = await server.AcceptAsync();
        await app.Life.ExpectAsync("Connect");
    }

    [BoundedFact]
    public async Task A_masked_frame_from_the_server_ends_the_session_as_a_broken_protocol()
    {
        using var server = RawServer.Start();
        await using var app = new TestApp(server.Uri);
        await app.StartAsync();
        using var peer = await server.AcceptAsync();

        await peer.WriteAsync([0x81, 0x81, 0, 0, 0, 0, (byte)'x']);
        Assert.Equal(1002, await peer.ReadCloseAsync());
        peer.Dispose();
        await app.Life.ExpectAsync("Init", "Connect", "Disconnect ProtocolError");
    }

    [BoundedTheory]
    [InlineData(LateCompression.Deflate)]
    [InlineData(LateCompression.DeflateNoContextTakeover)]
    public async Task Compressed_messages_go_both_ways(LateCompression compression)
    {
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri, options => options.Compression = compression);
        app.Script.In = (frame, state, _) => LateResult.Send(state, frame);
        await app.StartAsync();
        var request = await server.RequestAsync();
        Assert.Contains("permessage-deflate", request.Header("Sec-WebSocket-Extensions"), StringComparison.Ordinal);
        var peer = await request.AcceptAsync(compression: true);
        Assert.Contains("permessage-deflate", request.Context.Response.Headers.SecWebSocketExtensions.ToString(), StringComparison.Ordinal);

        foreach (var text in new[] { "short", new string('x', 100_000), "", "short" })
        {
            await peer.SendAsync(text);
            Assert.Equal(text, await peer.ReceiveAsync());
        }
    }

    [BoundedFact]
    public async Task MaxMessageBytes_applies_after_decompression()
    {
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri, options => (options.Compression, options.MaxMessageBytes) = (LateCompression.Deflate, 100_000));
        await app.StartAsync();
        var peer = await (await server.RequestAsync()).AcceptAsync(compression: true);

        await peer.SendAsync(new byte[10 * 1024 * 1024]);
        Assert.Equal(1009, (await peer.AnswerCloseAsync()).Code);
    }

    [BoundedFact]
    public async Task SendAsync_is_done_when_the_frame_is_written_and_frames_leave_in_order()
    {
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri);
        var peer = await app.StartAsync(server);
        var payload = new byte[100_000];
        new Random(1).NextBytes(payload);
        var expected = payload.ToArray();

        await app.Client.SendAsync(LateFrame.Binary(payload), Token);
        Array.Clear(payload); // Its memory is the caller's again.
        await app.Client.SendAsync(LateFrame.Text("then this"), Token);
        Assert.Equal(expected, await peer.ReceiveBinaryAsync());
        Assert.Equal("then this", await peer.ReceiveAsync());
        await app.Life.ExpectAsync("Init", "Connect");
    }

    [BoundedFact]
    public async Task SendAsync_waits_while_the_server_does_not_read_and_SendTimeout_ends_the_session()
    {
        var clock = new TestClock();
        using var server = RawServer.Start();
        await using var app = new TestApp(server.Uri, options => options.SendTimeout = TimeSpan.FromSeconds(13), clock);
        await app.StartAsync();
        using var peer = await server.AcceptAsync();
        await app.Client.WaitForReadyAsync(Token);

        var send = app.Client.SendAsync(LateFrame.Binary(new byte[32 * 1024 * 1024]), Token).AsTask();
        await clock.TimerAsync(TimeSpan.FromSeconds(13));
        Assert.False(send.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(13));
        var error = await Assert.ThrowsAsync<LateDisconnectedException>(() => send);
        Assert.Equal(LateDelivery.Unknown, error.Delivery);
        await app.Life.ExpectAsync("Init", "Connect", "Disconnect SendTimeout");
    }
}
