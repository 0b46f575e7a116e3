using System.Net.Sockets;
using System.Text;
using Late.Hosting.IntegrationTests.Support;

namespace Late.Hosting.IntegrationTests;

/// <summary>Servers that do what servers should not: nothing of it hangs or ends the connection permanently.</summary>
public sealed class ServerFaultTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [BoundedTheory]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: d3Jvbmc=\r\n\r\n")]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")]
    [InlineData("220 mail.example ESMTP\r\n")]
    [InlineData("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 100000\r\n\r\nand no more")]
    public async Task An_answer_that_is_no_upgrade_is_a_failed_attempt(string answer)
    {
        using var server = RawServer.Start();
        await using var app = new TestApp(server.Uri);
        await app.StartAsync();
        using (var peer = await server.ConnectionAsync())
        {
            await peer.ReadRequestAsync();
            await peer.WriteAsync(Encoding.ASCII.GetBytes(answer));
        }

        await app.Logs.NextAsync("AttemptFailed");
        using var next = await server.AcceptAsync();
        await app.Client.WaitForReadyAsync(Token);
    }

    [BoundedFact]
    public async Task A_server_that_closes_before_its_answer_is_a_failed_attempt()
    {
        using var server = RawServer.Start();
        await using var app = new TestApp(server.Uri);
        await app.StartAsync();
        var failed = app.Logs.NextAsync("AttemptFailed");
        var connection = server.ConnectionAsync();
        while (await Task.WhenAny(failed, connection) != failed)
        {
            // The handler below may ask again on its own before it fails.
            using var closed = await connection;
            await closed.ReadRequestAsync();
            connection = server.ConnectionAsync();
        }

        using var peer = await connection;
        await peer.UpgradeAsync();
        await app.Client.WaitForReadyAsync(Token);
    }

    [BoundedFact]
    public async Task A_connection_that_breaks_behind_the_answer_is_closed_and_ends_its_session_like_any_other()
    {
        using var server = RawServer.Start();
        await using var app = new TestApp(server.Uri, configure: connection => connection.ConfigureHttpHandler(static (handler, _) =>
            handler.ConnectCallback = async (context, token) =>
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync(context.DnsEndPoint, token);
                return new BrokenAfterAnswer(socket);
            }));
        await app.StartAsync();
        using var peer = await server.AcceptAsync();
        await app.Life.ExpectAsync("Init", "Connect", "Disconnect ConnectionLost");
        await peer.EndAsync();
    }

    [BoundedFact]
    public async Task P9_a_stream_that_reads_on_when_it_is_disposed_holds_up_neither_the_next_session_nor_the_stop()
    {
        using var server = RawServer.Start();
        await using var app = new TestApp(server.Uri, options => options.CloseTimeout = TimeSpan.FromMilliseconds(1), configure: connection =>
            connection.ConfigureHttpHandler(static (handler, _) => handler.ConnectCallback = async (context, token) =>
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync(context.DnsEndPoint, token);
                return new NeverDisposed(socket);
            }));
        await app.StartAsync();
        using var first = await server.AcceptAsync();
        await app.Client.WaitForReadyAsync(Token);

        await app.Client.ReconnectAsync("", Token);
        using var second = await server.AcceptAsync();
        await app.Life.ExpectAsync("Init", "Connect", "Disconnect ReconnectRequested", "Connect");
        await app.StopAsync();
        await app.Life.ExpectAsync("Disconnect HostStopping", "Terminate HostStopping");
    }

    [BoundedFact]
    public async Task A_sub_protocol_that_was_not_asked_for_is_a_failed_attempt()
    {
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri, options => options.SubProtocols.Add("feed.v2"));
        await app.StartAsync();

        var request = await server.RequestAsync();
        request.Context.Response.Headers.SecWebSocketProtocol = "chat";
        await request.AcceptAsync();
        await app.Logs.NextAsync("AttemptFailed");
        request.End();
        await (await server.RequestAsync()).AcceptAsync("feed.v2");
        await app.Client.WaitForReadyAsync(Token);
    }

    [BoundedTheory]
    [InlineData(1002, 0x03, 0xE7)] // 999
    [InlineData(1002, 0x03, 0xED)] // 1005
    [InlineData(1002, 0x03, 0xEE)] // 1006
    [InlineData(1002, 0x03, 0xF7)] // 1015
    [InlineData(1002, 0x0B, 0xB7)] // 2999
    [InlineData(1002, 0x13, 0x88)] // 5000
    [InlineData(1002, 0x03)]
    [InlineData(1007, 0x03, 0xE8, 0xC3, 0x28)] // 1000 and a reason that is not UTF-8
    public async Task A_close_frame_that_breaks_the_protocol_ends_the_session_and_the_connection_reconnects(int answer, params int[] payload)
    {
        using var server = RawServer.Start();
        await using var app = new TestApp(server.Uri);
        await app.StartAsync();
        using var peer = await server.AcceptAsync();

        await peer.WriteAsync(RawPeer.Frame(RawPeer.Close, payload.Select(value => (byte)value).ToArray()));
        Assert.Equal(answer, await peer.ReadCloseAsync());
        peer.Dispose();
        await app.Life.ExpectAsync("Init", "Connect", "Disconnect ProtocolError");
        using var next = await server.AcceptAsync();
        await app.Client.WaitForReadyAsync(Token);
    }

    [BoundedTheory]
    [InlineData("503", "2147483647")]
    [InlineData("503", "99999999999999999999")]
    [InlineData("503", "-1")]
    [InlineData("503", "soon")]
    [InlineData("503", "Fri, 31 Dec 9999 23:59:59 GMT")]
    public async Task A_Retry_After_that_makes_no_sense_does_not_end_the_connection(string status, string retryAfter)
    {
        var clock = new TestClock();
        using var server = RawServer.Start();
        await using var app = new TestApp(server.Uri, clock: clock);
        await app.StartAsync();
        using (var peer = await server.ConnectionAsync())
        {
            await peer.ReadRequestAsync();
            await peer.WriteAsync(Encoding.ASCII.GetBytes(
                $"HTTP/1.1 {status} No\r\nContent-Length: 0\r\nDate: Wed, 21 Oct 2015 07:28:00 GMT\r\nRetry-After: {retryAfter}\r\n\r\n"));
        }

        await app.Logs.NextAsync("Waiting");
        Assert.Equal(LateConnectionState.Reconnecting, app.Client.State);
        await app.Client.ReconnectAsync("try all the same", Token);
        using var next = await server.AcceptAsync();
        await app.Client.WaitForReadyAsync(Token);
        Assert.Empty(app.Logs.Of("Faulted"));
    }

    [BoundedFact]
    public async Task A_server_that_drops_while_HandleConnect_runs_cancels_it()
    {
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri);
        app.Script.Connect = async (_, state, ct) =>
        {
            if (state == 0)
            {
                await new TaskCompletionSource().Task.WaitAsync(ct);
            }

            return LateResult.Ok(state);
        };
        app.Script.Disconnect = (_, state, _) => LateDisconnectResult.Ok(state + 1);
        await app.StartAsync();
        var peer = await server.AcceptAsync();
        await app.Life.ExpectAsync("Init", "Connect");

        await peer.CloseAsync(1012, "restart");
        await app.Life.ExpectAsync("Disconnect ClosedByServer");
        Assert.False(app.Script.Disconnected!.WasReady);
        await app.AcceptAsync(server);
    }

    [BoundedFact]
    public async Task A_close_code_of_the_servers_own_is_answered_with_the_same()
    {
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri);
        var peer = await app.StartAsync(server);

        await peer.CloseAsync(4321, "mine");
        Assert.Equal(4321, (int?)peer.Socket.CloseStatus);
        await app.Life.ExpectAsync("Init", "Connect", "Disconnect ClosedByServer");
        Assert.Equal(4321, app.Script.Disconnected!.CloseCode);
    }

    [BoundedFact]
    public async Task Half_a_frame_and_then_nothing_is_a_lost_connection()
    {
        using var server = RawServer.Start();
        await using var app = new TestApp(server.Uri);
        await app.StartAsync();
        using (var peer = await server.AcceptAsync())
        {
            await peer.WriteAsync([.. RawPeer.TextFrame("whole"), .. RawPeer.TextFrame("half of it")[..5]]);
            await app.Life.ExpectAsync("Init", "Connect", "In whole");
        }

        await app.Life.ExpectAsync("Disconnect ConnectionLost");
        using var next = await server.AcceptAsync();
        await app.Client.WaitForReadyAsync(Token);
    }

    /// <summary>As a reset behind the server's answer has it: the request is written, the answer is read, and nothing after it.</summary>
    private sealed class BrokenAfterAnswer(Socket socket) : NetworkStream(socket, ownsSocket: true)
    {
        private bool _isBroken;

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            _isBroken |= buffer.IsEmpty;
            return _isBroken ? ValueTask.FromException(new IOException("Broken pipe")) : base.WriteAsync(buffer, cancellationToken);
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            _isBroken ? ValueTask.FromException<int>(new IOException("Connection reset by peer")) : base.ReadAsync(buffer, cancellationToken);
    }

    /// <summary>As the streams of some pipes are: a read that is in progress does not see the end.</summary>
    private sealed class NeverDisposed(Socket socket) : NetworkStream(socket, ownsSocket: false)
    {
        protected override void Dispose(bool disposing) => base.Dispose(disposing: false);
    }
}
