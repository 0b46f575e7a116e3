using System.Net;
using Late.Hosting.IntegrationTests.Support;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Late.Hosting.IntegrationTests;

/// <summary>Many connections to one origin over HTTP/2 (RFC 8441): they share TCP connections, and nothing else.</summary>
public sealed class Http2Tests
{
    private const int MostStreams = 10;

    // Of SocketsHttpHandler.
    private const int LargestStreamWindow = 16 * 1024 * 1024;
    private const int TcpConnectionWindow = 64 * 1024 * 1024;
    private const int BusyHandlers = 5;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [BoundedFact]
    public async Task Connections_to_one_origin_share_one_TCP_connection()
    {
        await using var server = await TestServer.StartAsync(HttpProtocols.Http2);
        await using var fleet = await Fleet.StartAsync(server, 20);

        await fleet.CallAllAsync();

        Assert.Equal(1, server.TcpConnections);
    }

    [BoundedFact]
    public async Task The_servers_limit_of_streams_is_obeyed_and_more_TCP_connections_are_opened_as_needed()
    {
        await using var server = await StartLimitedAsync();
        await using var fleet = await Fleet.StartAsync(server, 1);
        for (var number = 1; number < 35; number++)
        {
            await fleet.AddAsync(number, number);
        }

        await fleet.CallAllAsync();

        Assert.Equal(4, server.TcpConnections);
        Assert.Equal([10, 10, 10, 5], fleet.TcpConnections.Select(static tcp => tcp.Count()).OrderDescending());
    }

    [BoundedFact]
    public async Task Many_that_connect_concurrently_fail_by_no_limit_of_streams()
    {
        await using var server = await StartLimitedAsync();
        await using var fleet = await Fleet.StartAsync(server, 300);

        await fleet.CallAllAsync();

        Assert.All(fleet.TcpConnections, static tcp => Assert.InRange(tcp.Count(), 1, MostStreams));
        Assert.All(fleet.Clients.Values, static client => Assert.Equal(1, client.Status.Attempt));
        Assert.Equal(300, server.Requests);
    }

    [BoundedFact]
    public async Task A_lost_TCP_connection_costs_its_own_sessions_and_no_other()
    {
        await using var server = await StartLimitedAsync();
        await using var fleet = await Fleet.StartAsync(server, 35);
        var lost = fleet.TcpConnections.First(static tcp => tcp.Count() == MostStreams);
        var others = fleet.Peers.Where(peer => peer.Value.TcpConnection != lost.Key).ToDictionary();

        server.Break(lost.Key);
        await fleet.AcceptAsync(MostStreams);

        await fleet.CallAllAsync();
        Assert.Equal(35 + MostStreams, server.Requests);
        Assert.Equal(25, others.Count);
        Assert.All(others, other => Assert.Same(other.Value, fleet.Peers[other.Key]));
    }

    [BoundedFact]
    public async Task The_end_of_one_session_touches_no_other_on_its_TCP_connection()
    {
        await using var server = await TestServer.StartAsync(HttpProtocols.Http2);
        await using var fleet = await Fleet.StartAsync(server, 8);

        var stopping = fleet.Supervisor.StopAsync("0", Token);
        await fleet.Peers["0"].AnswerCloseAsync();
        await stopping;
        await fleet.Peers["1"].CloseAsync(1012, "restart");
        await fleet.AcceptAsync(1);
        fleet.Peers["2"].Drop();
        await fleet.AcceptAsync(1);

        await fleet.CallAllAsync();
        Assert.Equal(8 + 2, server.Requests);
        Assert.Equal(1, server.TcpConnections);
    }

    [BoundedFact]
    public async Task Handlers_that_do_not_read_stall_no_other_session_on_their_TCP_connection()
    {
        var release = new TaskCompletionSource();
        await using var server = await TestServer.StartAsync(HttpProtocols.Http2);
        await using var fleet = await Fleet.StartAsync(
            server,
            BusyHandlers + 1,
            static options => options.MailboxCapacity = 16 * 1024,
            static connection => connection.ConfigureHttpHandler(static (handler, _) => handler.InitialHttp2StreamWindowSize = LargestStreamWindow),
            gate: number => number < BusyHandlers ? release.Task : null);

        // All that the windows of their streams take: it is more than the window of the TCP connection that they share.
        Assert.True(BusyHandlers * (long)LargestStreamWindow > TcpConnectionWindow);
        for (var number = 0; number < BusyHandlers; number++)
        {
            await SendAsync(fleet.Peers[$"{number}"], LargestStreamWindow);
        }

        var sending = Enumerable.Range(0, BusyHandlers).Select(number => SendAsync(fleet.Peers[$"{number}"], 2 * LargestStreamWindow)).ToList();
        for (var i = 0; i < 100; i++)
        {
            await fleet.CallAsync($"{BusyHandlers}");
        }

        Assert.All(sending, static sent => Assert.False(sent.IsCompleted));
        Assert.Equal(1, server.TcpConnections);
        release.SetResult();
        await Task.WhenAll(sending);
        await fleet.CallAllAsync();
    }

    [BoundedFact]
    public async Task Sessions_that_the_server_does_not_read_stall_the_others_until_their_SendTimeout_at_the_longest()
    {
        var sendTimeout = TimeSpan.FromSeconds(8);
        var clock = new TestClock();
        await using var server = await TestServer.StartAsync(HttpProtocols.Http2);
        await using var fleet = await Fleet.StartAsync(
            server,
            4,
            options =>
            {
                (options.SendTimeout, options.CallTimeout) = (sendTimeout, TimeSpan.FromHours(1));
                (options.Reconnect.BaseDelay, options.Reconnect.MaxDelay) = (TimeSpan.FromHours(1), TimeSpan.FromHours(1));
            },
            clock: clock);
        clock.Clear();

        // More than Kestrel takes for one TCP connection before it is read: no stream can write any more.
        var writes = new[] { "0", "1" }.Select(serial => fleet.Clients[serial].SendAsync(LateFrame.Binary(new byte[1024 * 1024]), Token).AsTask()).ToList();
        await clock.TimerAsync(sendTimeout);
        await clock.TimerAsync(sendTimeout);
        clock.Advance(sendTimeout / 2);
        var call = fleet.CallAsync("2");
        await clock.TimerAsync(sendTimeout);
        clock.Advance(sendTimeout / 2);

        await Assert.ThrowsAsync<LateDisconnectedException>(() => writes[0]);
        await Assert.ThrowsAsync<LateDisconnectedException>(() => writes[1]);
        await call;
        await fleet.CallAsync("3");
        Assert.All(["2", "3"], serial => Assert.Equal(LateConnectionState.Ready, fleet.Clients[serial].State));
    }

    [BoundedFact]
    public async Task P11_a_TCP_connection_that_the_network_swallows_is_left_for_a_new_one()
    {
        (TimeSpan, TimeSpan)? defaults = null;
        var clock = new TestClock();
        await using var server = await TestServer.StartAsync(HttpProtocols.Http2);
        await using var proxy = new FaultProxy(server.Uri);
        await using var app = new TestApp(
            proxy.Uri,
            static options => options.HttpVersion = HttpVersion.Version20,
            clock,
            configure: connection => connection.ConfigureHttpHandler((http, _) =>
            {
                defaults = (http.KeepAlivePingDelay, http.KeepAlivePingTimeout);
                (http.KeepAlivePingDelay, http.KeepAlivePingTimeout) = (TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
            }));
        await app.StartAsync(server);
        Assert.Equal((TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(20)), defaults);

        // Its session ends by the clock. The next attempts may be on the same TCP connection, until the pings of HTTP, which have
        // the system's clock, have noticed too.
        (await proxy.LinkAsync()).Swallow();
        clock.Advance(TimeSpan.FromSeconds(20));
        clock.Advance(TimeSpan.FromSeconds(20));
        var accepting = app.AcceptAsync(server);
        while (await Task.WhenAny(accepting, app.BackoffAsync()) is Task<TimeSpan> delay)
        {
            clock.Advance(await delay);
        }

        await accepting;
        Assert.True(server.TcpConnections > 1, "The new session is on the TCP connection that the network swallows.");
    }

    [BoundedFact]
    public async Task Connections_with_other_settings_of_HTTP_do_not_share()
    {
        await using var server = await TestServer.StartAsync(HttpProtocols.Http2);
        await using var plain = await Fleet.StartAsync(server, 5);
        await using var configured = await Fleet.StartAsync(server, 5, configure: static connection => connection.ConfigureHttpHandler(static (_, _) => { }));

        Assert.Equal(2, server.TcpConnections);
        Assert.NotEqual(plain.TcpConnections.Single().Key, configured.TcpConnections.Single().Key);
    }

    [BoundedFact]
    public async Task A_server_that_takes_no_WebSockets_over_HTTP2_is_a_clear_error()
    {
        using var server = RawServer.Start();
        await using var app = new TestApp(server.Uri, static options =>
        {
            options.HttpVersion = HttpVersion.Version20;
            options.Startup = LateStartupMode.FailFast;
        });
        var start = app.StartAsync();
        var peer = await server.ConnectionAsync();

        // SETTINGS (RFC 9113 §6.5) without ENABLE_CONNECT_PROTOCOL (RFC 8441 §3).
        await peer.WriteAsync([0, 0, 0, 4, 0, 0, 0, 0, 0]);

        var error = await Assert.ThrowsAsync<LateConnectException>(() => start);
        Assert.Equal(
            $"Connection 'Scripted' could not connect to {server.Uri}: the server does not take WebSockets over HTTP/2 (RFC 8441). Set HttpVersion to 1.1.",
            error.Message);
        Assert.Equal(HttpRequestError.ExtendedConnectNotSupported, error.TransportError);
    }

    /// <summary>Sends binary messages of 16 KiB with their headers, together so many bytes; none is an answer.</summary>
    private static async Task SendAsync(TestPeer peer, int bytes)
    {
        const int FrameHeader = 4;
        for (var sent = 0; sent < bytes; sent += 16 * 1024)
        {
            await peer.SendAsync(new byte[(16 * 1024) - FrameHeader]);
        }
    }

    private static Task<TestServer> StartLimitedAsync() =>
        TestServer.StartAsync(HttpProtocols.Http2, limit: static limits => limits.Http2.MaxStreamsPerConnection = MostStreams);
}
