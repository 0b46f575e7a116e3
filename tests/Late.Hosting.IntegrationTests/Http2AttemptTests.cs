using System.Net;
using Late.Hosting.IntegrationTests.Support;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Late.Hosting.IntegrationTests;

/// <summary>Promise P10 over HTTP/2: one attempt is one request, and a failed one's TCP connection takes no other, but keeps its sessions.</summary>
public sealed class Http2AttemptTests
{
    private const int Failures = 5;
    private const int Cancel = 8;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string, bool> Ends()
    {
        var data = new TheoryData<string, bool>();
        foreach (var end in new[] { "REFUSED_STREAM", "CANCEL", "GOAWAY", "GOAWAY and FIN", "FIN", "RST", "503", "sub-protocol", "extension" })
        {
            data.Add(end, false);
            data.Add(end, true);
        }

        return data;
    }

    [BoundedTheory]
    [MemberData(nameof(Ends))]
    public async Task P10_an_attempt_that_fails_is_one_request_and_the_next_is_on_another_TCP_connection(string end, bool isSecure)
    {
        using var authority = new TestAuthority();
        using var server = RawHttp2Server.Start(isSecure ? authority.Issue() : null);
        await using var app = new TestApp(server.Uri, UseHttp2, configure: isSecure ? authority.TrustBy : null);
        await app.StartAsync();
        for (var number = 1; number <= Failures; number++)
        {
            var request = await server.RequestAsync();
            Assert.Equal(number, request.Connection.Number);
            await FailAsync(request, end);
        }

        var last = await server.RequestAsync();
        await last.AnswerAsync(200);
        await app.Client.WaitForReadyAsync(Token);
        Assert.Equal(Failures + 1, app.Client.Status.Attempt);
        Assert.Equal(Failures + 1, server.TcpConnections);
    }

    [BoundedTheory]
    [InlineData("REFUSED_STREAM")]
    [InlineData("GOAWAY")]
    public async Task P10_a_request_that_the_server_did_not_handle_reports_it(string end)
    {
        using var server = RawHttp2Server.Start();
        await using var app = new TestApp(server.Uri, static options =>
        {
            UseHttp2(options);
            options.Startup = LateStartupMode.FailFast;
        });
        var start = app.StartAsync();

        await FailAsync(await server.RequestAsync(), end);

        var error = await Assert.ThrowsAsync<LateConnectException>(() => start);
        Assert.Equal(
            $"Connection 'Scripted' could not connect to {server.Uri}: the server refused the stream (REFUSED_STREAM) or ended the connection (GOAWAY) before it answered.",
            error.Message);
        Assert.Equal(HttpRequestError.ResponseEnded, error.TransportError);
    }

    [BoundedTheory]
    [InlineData("sec-websocket-extensions", "permessage-deflate")]
    [InlineData("sec-websocket-protocol", "chat")]
    public async Task A_200_that_breaks_a_rule_of_the_handshake_is_named_immediately_and_its_stream_ends_RFC8441_5(string header, string value)
    {
        var clock = new TestClock();
        using var server = RawHttp2Server.Start();
        await using var app = new TestApp(
            server.Uri,
            static options =>
            {
                UseHttp2(options);
                options.Startup = LateStartupMode.FailFast;
            },
            clock);
        var start = app.StartAsync();
        var request = await server.RequestAsync();

        await request.AnswerAsync(200, header, value);

        var error = await Assert.ThrowsAsync<LateConnectException>(() => start);
        Assert.StartsWith($"Connection 'Scripted' could not connect to {server.Uri}: its answer is not that of a WebSocket. ", error.Message, StringComparison.Ordinal);
        Assert.Contains("RFC 6455", error.Message, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, error.StatusCode);
        await request.Ended;
    }

    [BoundedTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task P10_a_failed_attempts_TCP_connection_keeps_its_sessions_and_takes_no_new_stream(bool isAccepted)
    {
        await using var server = await TestServer.StartAsync(HttpProtocols.Http2);
        await using var fleet = await Fleet.StartAsync(server, 3);
        var shared = fleet.Peers["0"].TcpConnection;

        var start = fleet.Supervisor.StartAsync("3", create: static _ => new FleetHandler("3"), cancellationToken: Token);
        var refused = await server.RequestAsync();
        Assert.Equal(shared, refused.Context.Connection.Id);
        if (isAccepted)
        {
            // The stream is open, and the handshake broken: the client resets it.
            var reset = new TaskCompletionSource();
            await using var registration = refused.Context.RequestAborted.Register(reset.SetResult);
            await refused.AcceptAsync("chat");
            await reset.Task.WaitAsync(Token);
            refused.End();
        }
        else
        {
            refused.Refuse(503);
        }

        await fleet.AcceptAsync(1);
        await start;
        await fleet.AddAsync(4, 5);

        await fleet.CallAllAsync();
        Assert.All(["0", "1", "2"], serial => Assert.Equal(shared, fleet.Peers[serial].TcpConnection));
        Assert.NotEqual(shared, fleet.Peers["3"].TcpConnection);
        Assert.All(["4", "5"], serial => Assert.Equal(fleet.Peers["3"].TcpConnection, fleet.Peers[serial].TcpConnection));
        Assert.Equal(2, server.TcpConnections);
    }

    [BoundedFact]
    public async Task P10_an_attempt_without_an_answer_leaves_its_TCP_connection_too()
    {
        var clock = new TestClock();
        using var server = RawHttp2Server.Start();
        await using var app = new TestApp(server.Uri, UseHttp2, clock);
        await app.StartAsync();
        var first = await server.RequestAsync();
        await clock.TimerAsync(TimeSpan.FromSeconds(10));
        clock.Advance(TimeSpan.FromSeconds(10));
        clock.Advance(await app.BackoffAsync());

        var second = await server.RequestAsync();

        Assert.Equal((1, 2), (first.Connection.Number, second.Connection.Number));
        await first.Ended;
    }

    [BoundedTheory]
    [InlineData("RST_STREAM")]
    [InlineData("END_STREAM")]
    [InlineData("Close")]
    [InlineData("ReadyTimeout")]
    [InlineData("HandleConnect")]
    public async Task P7_a_session_that_was_never_ready_is_a_failed_attempt_and_leaves_its_TCP_connection(string end)
    {
        var clock = new TestClock();
        using var server = RawHttp2Server.Start();
        await using var app = new TestApp(server.Uri, UseHttp2, clock);
        app.Script.Connect = (_, state, _) => end == "HandleConnect" ? throw new InvalidOperationException() : LateResult.Ok(state).HoldCalls();
        await app.StartAsync();
        var first = await server.RequestAsync();
        await first.AnswerAsync(200);
        await app.Life.SkipToAsync("Connect");
        await EndAsync(first, end, clock);
        clock.Advance(await app.BackoffAsync());

        var second = await server.RequestAsync();

        Assert.Equal((1, 2), (first.Connection.Number, second.Connection.Number));
    }

    [BoundedFact]
    public async Task P10_a_session_that_was_ready_leaves_its_TCP_connection_to_the_next_attempt()
    {
        var clock = new TestClock();
        using var server = RawHttp2Server.Start();
        await using var app = new TestApp(server.Uri, UseHttp2, clock);
        await app.StartAsync();
        var first = await server.RequestAsync();
        await first.AnswerAsync(200);
        await app.Client.WaitForReadyAsync(Token);
        await first.ResetAsync(Cancel);
        clock.Advance(await app.BackoffAsync());

        Assert.Equal(1, (await server.RequestAsync()).Connection.Number);
    }

    [BoundedFact]
    public async Task The_last_session_of_a_TCP_connection_that_takes_no_stream_closes_it()
    {
        await using var server = await TestServer.StartAsync(HttpProtocols.Http2);
        await using var fleet = await Fleet.StartAsync(server, 1);
        var start = fleet.Supervisor.StartAsync("1", create: static _ => new FleetHandler("1"), cancellationToken: Token);
        var refused = await server.RequestAsync();
        var closed = refused.Context.Features.Get<Microsoft.AspNetCore.Connections.Features.IConnectionLifetimeFeature>()!.ConnectionClosed;
        refused.Refuse(503);
        await fleet.AcceptAsync(1);
        await start;
        Assert.False(closed.IsCancellationRequested);

        var stop = fleet.Supervisor.StopAsync("0", Token);
        await fleet.Peers["0"].AnswerCloseAsync();
        await stop;

        var over = new TaskCompletionSource();
        await using var registration = closed.Register(over.SetResult);
        await over.Task.WaitAsync(Token);
    }

    private static void UseHttp2(LateConnectionOptions options) => options.HttpVersion = HttpVersion.Version20;

    /// <summary>Ends a session that is not ready; one that a callback ends has its close frame answered.</summary>
    private static async Task EndAsync(RawHttp2Request request, string end, TestClock clock)
    {
        switch (end)
        {
            case "RST_STREAM":
                await request.ResetAsync(Cancel);
                break;
            case "END_STREAM":
                await request.EndAsync();
                break;
            case "ReadyTimeout":
                clock.Advance(TimeSpan.FromSeconds(10));
                await request.EndAsync(RawPeer.Frame(RawPeer.Close, []));
                break;
            default:
                await request.EndAsync(RawPeer.Frame(RawPeer.Close, []));
                break;
        }
    }

    private static async Task FailAsync(RawHttp2Request request, string end)
    {
        switch (end)
        {
            case "REFUSED_STREAM":
                await request.ResetAsync();
                break;
            case "CANCEL":
                await request.ResetAsync(Cancel);
                break;
            case "GOAWAY":
                await request.GoAwayAsync();
                break;
            case "GOAWAY and FIN":
                await request.GoAwayAsync();
                request.Connection.Dispose();
                break;
            case "FIN":
                request.Connection.Dispose();
                break;
            case "RST":
                request.Connection.Reset();
                break;
            case "sub-protocol":
                await request.AnswerAsync(200, "sec-websocket-protocol", "chat");
                break;
            case "extension":
                await request.AnswerAsync(200, "sec-websocket-extensions", "permessage-deflate");
                break;
            default:
                await request.AnswerAsync(503);
                break;
        }
    }
}
