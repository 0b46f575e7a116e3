using System.Net;
using System.Text;
using Late.Hosting.IntegrationTests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Late.Hosting.IntegrationTests;

/// <summary>The opening handshake over HTTP/1.1 (RFC 6455 §4) and HTTP/2 (RFC 8441).</summary>
public sealed class HandshakeTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [BoundedTheory]
    [InlineData(LateCompression.Off)]
    [InlineData(LateCompression.Deflate)]
    public async Task A_connection_over_HTTP2_works_by_extended_CONNECT_RFC8441(LateCompression compression)
    {
        await using var server = await TestServer.StartAsync(HttpProtocols.Http2);
        await using var app = new TestApp(server.Uri, options =>
        {
            options.HttpVersion = HttpVersion.Version20;
            options.Compression = compression;
            options.SubProtocols.Add("v2");
        });
        await app.StartAsync();
        var request = await server.RequestAsync();
        Assert.Equal("HTTP/2", request.Context.Request.Protocol);
        var peer = await request.AcceptAsync("v2");
        await app.Client.WaitForReadyAsync(Token);
        Assert.Equal("v2", app.Script.Handshake!.SubProtocol);
        Assert.Equal(HttpStatusCode.OK, app.Script.Handshake.StatusCode);

        var call = app.Client.CallAsync(new Ask("over HTTP/2"), Token);
        await peer.SendAsync((await peer.ReceiveAsync())!);
        Assert.Equal("over HTTP/2", await call);
        var stop = app.StopAsync();
        await peer.AnswerCloseAsync();
        await stop;
    }

    [BoundedFact]
    public async Task A_server_without_HTTP2_is_a_clear_error()
    {
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri, options =>
        {
            options.HttpVersion = HttpVersion.Version20;
            options.Startup = LateStartupMode.FailFast;
        });

        var error = await Assert.ThrowsAsync<LateConnectException>(app.StartAsync);

        Assert.Contains("HTTP", error.Message, StringComparison.Ordinal);
    }

    [BoundedFact]
    public async Task A_refusal_keeps_status_headers_Retry_After_and_the_first_KiB_of_its_body()
    {
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri, options => options.Startup = LateStartupMode.FailFast);
        var start = app.StartAsync();
        var request = await server.RequestAsync();
        request.Context.Response.StatusCode = 503;
        request.Context.Response.Headers.RetryAfter = "7";
        request.Context.Response.Headers["X-Reason"] = "maintenance";
        await request.Context.Response.WriteAsync(new string('x', 5000), Token);
        request.End();

        var error = await Assert.ThrowsAsync<LateConnectException>(() => start);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, error.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(7), error.RetryAfter);
        Assert.Equal(["maintenance"], error.Headers["x-reason"].ToArray());
        Assert.Equal(new string('x', 1024), error.Body);
        Assert.DoesNotContain("xxx", error.ToString(), StringComparison.Ordinal);
    }

    [BoundedTheory]
    [InlineData("Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: bm90IHRoZSByaWdodCBvbmU=", "Sec-WebSocket-Accept")]
    [InlineData("Connection: Upgrade\r\nUpgrade: h2c", "Upgrade")]
    public async Task An_answer_that_is_no_WebSockets_is_refused_RFC6455_4_1(string headers, string named)
    {
        using var server = RawServer.Start();
        await using var app = new TestApp(server.Uri, options => options.Startup = LateStartupMode.FailFast);
        var start = app.StartAsync();
        using var peer = await server.ConnectionAsync();
        await peer.ReadRequestAsync();
        await peer.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 101 Switching Protocols\r\n{headers}\r\n\r\n"));

        var error = await Assert.ThrowsAsync<LateConnectException>(() => start);

        Assert.Contains(named, error.Message, StringComparison.Ordinal);
        Assert.Contains("RFC 6455", error.Message, StringComparison.Ordinal);
    }

    [BoundedFact]
    public async Task A_sub_protocol_that_was_not_asked_for_is_refused_RFC6455_4_1()
    {
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri, options =>
        {
            options.Startup = LateStartupMode.FailFast;
            options.SubProtocols.Add("v1");
        });
        var start = app.StartAsync();
        await (await server.RequestAsync()).AcceptAsync("v2");

        var error = await Assert.ThrowsAsync<LateConnectException>(() => start);

        Assert.Contains("sub-protocol", error.Message, StringComparison.Ordinal);
    }

    [BoundedFact]
    public async Task Cookies_of_an_answer_come_with_the_next_attempt_of_the_same_connection_alone_RFC6265()
    {
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri);
        await app.StartAsync();
        var refused = await server.RequestAsync();
        Assert.Null(refused.Header("Cookie"));
        refused.Context.Response.Headers.SetCookie = new(["node=7; Path=/", "other=1; Path=/elsewhere"]);
        refused.Refuse(503);
        var accepted = await server.RequestAsync();
        Assert.Equal("node=7", accepted.Header("Cookie"));
        await accepted.AcceptAsync();

        await using var neighbour = new TestApp(server.Uri);
        await neighbour.StartAsync();
        Assert.Null((await server.RequestAsync()).Header("Cookie"));
    }

    [BoundedFact]
    public async Task Frames_that_come_with_the_answer_reach_the_handler_whole_and_in_order()
    {
        using var server = RawServer.Start();
        await using var app = new TestApp(server.Uri);
        await app.StartAsync();
        using var peer = await server.ConnectionAsync();
        await app.Life.ExpectAsync("Init");
        var messages = Enumerable.Range(0, 300).Select(number => $"{number} {new string('x', 60)}").ToList();
        await peer.UpgradeAsync([.. messages.SelectMany(RawPeer.TextFrame), .. RawPeer.TextFrame("the rest")[..5]]);
        await peer.WriteAsync(RawPeer.TextFrame("the rest")[5..]);

        await app.Life.ExpectAsync(["Connect", .. messages.Select(message => $"In {message}"), "In the rest"]);
    }
}
