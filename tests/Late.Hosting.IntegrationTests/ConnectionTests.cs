using System.Net;
using Late.Hosting.IntegrationTests.Support;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Late.Hosting.IntegrationTests;

/// <summary>The situations of Late's own suite that begin with a connection; those that fail a start are in <see cref="StartupTests"/>.</summary>
public sealed class ConnectionTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [BoundedFact]
    public async Task Connects_sends_and_receives()
    {
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri);
        var peer = await app.StartAsync(server);

        await app.Client.PostAsync(new Note("to the server"), Token);
        Assert.Equal("to the server", await peer.ReceiveAsync());
        await peer.SendAsync("to the handler");
        await app.Life.ExpectAsync("Init", "Connect", "Info to the server", "In to the handler");
    }

    [BoundedFact]
    public async Task A_call_goes_to_the_server_and_its_answer_comes_back()
    {
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri);
        var peer = await app.StartAsync(server);

        var call = app.Client.CallAsync(new Ask("price"), Token);
        Assert.Equal("1 price", await peer.ReceiveAsync());
        await peer.SendAsync("1 42");
        Assert.Equal("42", await call);
    }

    [BoundedFact]
    public async Task A_frame_in_the_same_packet_as_the_upgrade_is_received()
    {
        using var server = RawServer.Start();
        await using var app = new TestApp(server.Uri);
        await app.StartAsync();
        using var peer = await server.ConnectionAsync();

        await peer.UpgradeAsync([.. RawPeer.TextFrame("first"), .. RawPeer.TextFrame("and again")]);
        await app.Life.ExpectAsync("Init", "Connect", "In first", "In and again");
    }

    [BoundedFact]
    public async Task The_handler_disconnects_with_its_code_and_reason()
    {
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri);
        app.Script.In = (_, state, _) => LateResult.Stop(state, 4001, "enough");
        var peer = await app.StartAsync(server);

        await peer.SendAsync("stop");
        Assert.Equal((4001, "enough"), await peer.AnswerCloseAsync());
        await app.Life.ExpectAsync("Init", "Connect", "In stop", "Disconnect HandlerStopped", "Terminate HandlerStopped");
        await app.ReachAsync(LateConnectionState.Stopped);
        await Assert.ThrowsAsync<LateStoppedException>(() => app.Client.CallAsync(new Ask("late"), Token));
        Assert.Equal(1, server.Requests);
    }

    [BoundedFact]
    public async Task HandleConnect_sees_the_headers_of_the_answer_and_the_chosen_sub_protocol()
    {
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri, options =>
        {
            options.SubProtocols.Add("feed.v2");
            options.SubProtocols.Add("feed.v1");
        });
        await app.StartAsync();
        var request = await server.RequestAsync();
        Assert.Equal("feed.v2, feed.v1", request.Header("Sec-WebSocket-Protocol"));
        request.Context.Response.Headers["X-Feed-Region"] = "eu-1";
        await request.AcceptAsync("feed.v1");
        await app.Client.WaitForReadyAsync(Token);

        var seen = app.Script.Handshake!;
        Assert.Equal(101, (int)seen.StatusCode);
        Assert.Equal("eu-1", seen.Headers["x-feed-region"]);
        Assert.Equal("feed.v1", seen.SubProtocol);
    }

    [BoundedTheory]
    [InlineData(1000, "Bye!")]
    [InlineData(1011, "Oops")]
    public async Task The_server_closes_and_HandleDisconnect_sees_code_and_reason(int code, string reason)
    {
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri);
        var peer = await app.StartAsync(server);

        await peer.CloseAsync(code, reason);
        Assert.Equal(code, (int?)peer.Socket.CloseStatus);
        await app.Life.ExpectAsync("Init", "Connect", "Disconnect ClosedByServer");
        var seen = app.Script.Disconnected!;
        Assert.Equal((code, reason, true), (seen.CloseCode, seen.CloseReason, seen.WasReady));
        Assert.Contains($"{code} \"{reason}\"", seen.Description, StringComparison.Ordinal);

        await app.AcceptAsync(server);
        await app.Life.ExpectAsync("Connect");
    }

    [BoundedFact]
    public async Task A_close_without_a_code_is_seen_without_one()
    {
        using var server = RawServer.Start();
        await using var app = new TestApp(server.Uri);
        await app.StartAsync();
        using var peer = await server.AcceptAsync();

        await peer.WriteAsync(RawPeer.Frame(RawPeer.Close, []));
        Assert.Null(await peer.ReadCloseAsync());
        peer.Dispose();
        await app.Life.ExpectAsync("Init", "Connect", "Disconnect ClosedByServer");
        Assert.Null(app.Script.Disconnected!.CloseCode);
    }

    [BoundedFact]
    public async Task The_socket_breaks_under_a_pending_call_which_fails_with_what_is_known()
    {
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri);
        var peer = await app.StartAsync(server);

        var call = app.Client.CallAsync(new Ask("price"), Token);
        Assert.Equal("1 price", await peer.ReceiveAsync());
        peer.Drop();
        var error = await Assert.ThrowsAsync<LateDisconnectedException>(() => call);
        Assert.Equal((LateDelivery.Unknown, "Scripted"), (error.Delivery, error.ConnectionName));
        Assert.Equal(0, app.Script.Pending.Count);
        await app.Life.ExpectAsync("Init", "Connect", "Call price", "Disconnect ConnectionLost");

        peer = await app.AcceptAsync(server);
        call = app.Client.CallAsync(new Ask("again"), Token);
        Assert.Equal("2 again", await peer.ReceiveAsync());
        await peer.SendAsync("2 43");
        Assert.Equal("43", await call);
    }

    [BoundedFact]
    public async Task Goes_over_HTTP2_with_calls_a_close_and_a_reconnect()
    {
        await using var server = await TestServer.StartAsync(HttpProtocols.Http2);
        await using var app = new TestApp(server.Uri, options => options.HttpVersion = HttpVersion.Version20);
        await app.StartAsync();
        var request = await server.RequestAsync();
        Assert.Equal(("HTTP/2", "CONNECT"), (request.Context.Request.Protocol, request.Context.Request.Method));
        var peer = await request.AcceptAsync();
        var call = app.Client.CallAsync(new Ask("price"), Token);
        Assert.Equal("1 price", await peer.ReceiveAsync());
        await peer.SendAsync("1 42");
        Assert.Equal("42", await call);

        await peer.CloseAsync(1012, "restart");
        peer = await app.AcceptAsync(server);
        await app.Life.ExpectAsync("Init", "Connect", "Call price", "In 1 42", "Disconnect ClosedByServer", "Connect");
        peer.Drop();
        await app.Life.ExpectAsync("Disconnect ConnectionLost");
        peer = await app.AcceptAsync(server);
        var stop = app.StopAsync();
        Assert.Equal(1000, (await peer.AnswerCloseAsync()).Code);
        await stop;
    }

    [BoundedFact]
    public async Task P8_a_ping_is_answered_with_its_payload_while_a_callback_runs()
    {
        using var server = RawServer.Start();
        await using var app = new TestApp(server.Uri);
        var release = new TaskCompletionSource();
        app.Script.In = async (_, state, ct) =>
        {
            await release.Task.WaitAsync(ct);
            return LateResult.Ok(state);
        };
        await app.StartAsync();
        using var peer = await server.AcceptAsync();
        await peer.WriteAsync(RawPeer.TextFrame("slow"));
        await app.Life.ExpectAsync("Init", "Connect", "In slow");

        await peer.WriteAsync(RawPeer.Frame(RawPeer.Ping, "are you there"u8));
        var (opcode, payload) = await peer.ReadFrameAsync();
        Assert.Equal(RawPeer.Pong, opcode);
        Assert.Equal("are you there"u8.ToArray(), payload);
        release.SetResult();
    }
}
