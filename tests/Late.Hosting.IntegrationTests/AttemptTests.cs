using System.Net;
using System.Net.Security;
using System.Text;
using Late.Hosting.IntegrationTests.Support;

namespace Late.Hosting.IntegrationTests;

/// <summary>Promise P10 over HTTP/1.1: one attempt is one request, on a TCP connection of its own.</summary>
public sealed class AttemptTests
{
    private const int Failures = 5;
    private const string Kept503 = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string, bool> Ends()
    {
        var data = new TheoryData<string, bool>();
        foreach (var answer in new[]
        {
            "FIN", "RST", "HTTP/1.1 1", "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n", Kept503,
            "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 2\r\n\r\nno",
            "HTTP/1.1 503 Service Unavailable\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nno\r\n0\r\n\r\n",
            "HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\n\r\n",
        })
        {
            data.Add(answer, false);
            data.Add(answer, true);
        }

        return data;
    }

    [BoundedTheory]
    [MemberData(nameof(Ends))]
    public async Task P10_an_attempt_that_fails_is_one_request_and_one_TCP_connection(string end, bool isSecure)
    {
        using var authority = new TestAuthority();
        using var server = RawServer.Start();
        await using var app = new TestApp(
            isSecure ? new UriBuilder(server.Uri) { Scheme = "wss" }.Uri : server.Uri, configure: isSecure ? authority.TrustBy : null);
        var tls = new SslServerAuthenticationOptions { ServerCertificate = authority.Issue() };
        await app.StartAsync();

        async Task<RawPeer> ConnectionAsync()
        {
            var peer = await server.ConnectionAsync();
            return isSecure ? await peer.SecureAsync(tls) : peer;
        }

        for (var i = 0; i < Failures; i++)
        {
            using var peer = await ConnectionAsync();
            await FailAsync(peer, end);
        }

        using var last = await ConnectionAsync();
        await last.UpgradeAsync();
        await app.Client.WaitForReadyAsync(Token);
        Assert.Equal(Failures + 1, app.Client.Status.Attempt);
        Assert.Equal(Failures, app.Logs.Of("AttemptFailed").Count());
    }

    [BoundedFact]
    public async Task P10_a_balancer_that_alternates_per_TCP_connection_is_left_by_the_next_attempt()
    {
        using var server = RawServer.Start();
        await using var app = new TestApp(server.Uri);
        await app.StartAsync();
        using var sick = await server.ConnectionAsync();
        await sick.ReadRequestAsync();
        await sick.WriteAsync(Encoding.ASCII.GetBytes(Kept503));

        using var well = await server.AcceptAsync();

        await app.Client.WaitForReadyAsync(Token);
        Assert.Equal(2, app.Client.Status.Attempt);
        await sick.EndAsync();
    }

    [BoundedTheory]
    [InlineData("FIN")]
    [InlineData("RST")]
    public async Task P10_an_attempt_whose_server_ends_the_connection_reports_it(string end)
    {
        using var server = RawServer.Start();
        await using var app = new TestApp(server.Uri, static options => options.Startup = LateStartupMode.FailFast);
        var start = app.StartAsync();
        using (var peer = await server.ConnectionAsync())
        {
            await FailAsync(peer, end);
        }

        var error = await Assert.ThrowsAsync<LateConnectException>(() => start);
        Assert.Equal($"Connection 'Scripted' could not connect to {server.Uri}: the server ended the connection before it answered.", error.Message);
        Assert.Equal(HttpRequestError.ResponseEnded, error.TransportError);
    }

    [BoundedTheory]
    [InlineData("FIN", false)]
    [InlineData("RST", false)]
    [InlineData("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n", false)]
    [InlineData("FIN", true)]
    [InlineData("RST", true)]
    [InlineData(Kept503, true)]
    public async Task P10_an_attempt_through_a_proxy_is_one_request_to_the_proxy_and_one_to_the_server(string end, bool isTunnelOpen)
    {
        using var proxy = RawServer.Start();
        await using var app = new TestApp(new Uri("ws://feed.example/v2"), configure: connection => connection.ConfigureHttpHandler((http, _) =>
            http.Proxy = new WebProxy($"127.0.0.1:{proxy.Uri.Port}")));
        await app.StartAsync();
        for (var i = 0; i < Failures; i++)
        {
            using var peer = await proxy.ConnectionAsync();
            if (isTunnelOpen)
            {
                await OpenTunnelAsync(peer);
            }

            await FailAsync(peer, end);
        }

        using var last = await proxy.ConnectionAsync();
        await OpenTunnelAsync(last);
        await last.UpgradeAsync();
        await app.Client.WaitForReadyAsync(Token);
        Assert.Equal(Failures + 1, app.Client.Status.Attempt);
    }

    [BoundedTheory] // TLS 1.3 sends its tickets behind the request: they are no answer to it.
    [InlineData("FIN")]
    [InlineData("RST")]
    [InlineData("HTTP/1.1 1")]
    [InlineData(Kept503)]
    public async Task P10_an_attempt_over_TLS_in_a_tunnel_is_one_TCP_connection(string end)
    {
        using var authority = new TestAuthority();
        using var proxy = RawServer.Start();
        await using var app = new TestApp(new Uri("wss://127.0.0.1/v2"), configure: connection =>
        {
            authority.TrustBy(connection);
            connection.ConfigureHttpHandler((http, _) => http.Proxy = new WebProxy($"127.0.0.1:{proxy.Uri.Port}"));
        });
        var tls = new SslServerAuthenticationOptions { ServerCertificate = authority.Issue() };
        await app.StartAsync();
        for (var i = 0; i < Failures; i++)
        {
            using var peer = await proxy.ConnectionAsync();
            await OpenTunnelAsync(peer, "127.0.0.1:443");
            await FailAsync(await peer.SecureAsync(tls), end);
        }

        using var last = await proxy.ConnectionAsync();
        await OpenTunnelAsync(last, "127.0.0.1:443");
        await (await last.SecureAsync(tls)).UpgradeAsync();
        await app.Client.WaitForReadyAsync(Token);
        Assert.Equal(Failures + 1, app.Client.Status.Attempt);
    }

    [BoundedFact]
    public async Task A_proxy_that_asks_for_credentials_and_ends_its_TCP_connection_is_answered_on_another()
    {
        using var proxy = RawServer.Start();
        await using var app = new TestApp(new Uri("ws://feed.example/v2"), configure: connection => connection.ConfigureHttpHandler((http, _) =>
            http.Proxy = new WebProxy($"127.0.0.1:{proxy.Uri.Port}") { Credentials = new NetworkCredential("user", "word") }));
        await app.StartAsync();
        using (var first = await proxy.ConnectionAsync())
        {
            Assert.DoesNotContain("Proxy-Authorization", await first.ReadRequestAsync(), StringComparison.OrdinalIgnoreCase);
            await first.WriteAsync(Encoding.ASCII.GetBytes(
                "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"p\"\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"));
        }

        using var second = await proxy.ConnectionAsync();
        Assert.Contains("Proxy-Authorization: Basic dXNlcjp3b3Jk", await OpenTunnelAsync(second), StringComparison.OrdinalIgnoreCase);
        await second.UpgradeAsync();
        await app.Client.WaitForReadyAsync(Token);
        Assert.Equal(1, app.Client.Status.Attempt);
    }

    [BoundedFact]
    public async Task A_server_that_asks_for_credentials_is_answered_in_the_same_attempt()
    {
        using var server = RawServer.Start();
        await using var app = new TestApp(server.Uri, configure: static connection => connection.ConfigureHttpHandler(static (http, _) =>
            http.Credentials = new NetworkCredential("user", "word")));
        await app.StartAsync();
        using var peer = await server.ConnectionAsync();
        await peer.ReadRequestAsync();
        await peer.WriteAsync(Encoding.ASCII.GetBytes("HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"p\"\r\nContent-Length: 0\r\n\r\n"));

        Assert.Contains("Authorization: Basic dXNlcjp3b3Jk", await peer.UpgradeAsync(), StringComparison.OrdinalIgnoreCase);
        await app.Client.WaitForReadyAsync(Token);
        Assert.Equal(1, app.Client.Status.Attempt);
    }

    [BoundedFact]
    public async Task P10_an_attempt_without_an_answer_ends_its_TCP_connection()
    {
        var clock = new TestClock();
        using var server = RawServer.Start();
        await using var app = new TestApp(new UriBuilder(server.Uri) { Scheme = "wss" }.Uri, clock: clock);
        await app.StartAsync();
        using var silent = await server.ConnectionAsync();
        await clock.TimerAsync(TimeSpan.FromSeconds(10));

        clock.Advance(TimeSpan.FromSeconds(10));

        await silent.EndAsync();
        await app.Logs.NextAsync("AttemptFailed");
    }

    private static async Task FailAsync(RawPeer peer, string end)
    {
        await peer.ReadRequestAsync();
        switch (end)
        {
            case "FIN":
                break;
            case "RST":
                peer.Reset();
                break;
            default:
                await peer.WriteAsync(Encoding.ASCII.GetBytes(end));
                if (end.EndsWith("\r\n\r\n", StringComparison.Ordinal) && !end.Contains("close", StringComparison.Ordinal))
                {
                    await peer.EndAsync();
                }

                break;
        }
    }

    private static async Task<string> OpenTunnelAsync(RawPeer peer, string address = "feed.example:80")
    {
        var request = await peer.ReadRequestAsync();
        Assert.StartsWith($"CONNECT {address}", request, StringComparison.Ordinal);
        await peer.WriteAsync(Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\n\r\n"));
        return request;
    }
}
