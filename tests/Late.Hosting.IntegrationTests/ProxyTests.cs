using System.Net;
using System.Text;
using Late.Hosting.IntegrationTests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Late.Hosting.IntegrationTests;

/// <summary>Proxies that refuse, and what is shown of them (promises P10 and P12).</summary>
public sealed class ProxyTests
{
    private const string Secret = "hunter2-6b1f";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [BoundedTheory]
    [InlineData("ws", false, "")]
    [InlineData("wss", false, "")]
    [InlineData("ws", true, "")]
    [InlineData("wss", true, "")]
    [InlineData("ws", true, "Connection: close\r\n")]
    public async Task P10_a_proxy_that_refuses_with_407_is_named_and_permanent(string scheme, bool hasCredentials, string header)
    {
        using var proxy = RawServer.Start();
        var served = ServeAsync(proxy, $"407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"x\"\r\n{header}");
        await using var app = App(proxy, scheme, hasCredentials);
        await app.StartAsync();

        var fault = await app.ReachAsync(LateConnectionState.Faulted);

        var error = Assert.IsType<LateConnectException>(fault.Exception);
        Assert.Equal((HttpStatusCode.ProxyAuthenticationRequired, HttpRequestError.ProxyTunnelError), (error.StatusCode, error.TransportError));
        Assert.Contains("the proxy refused with 407", error.Message, StringComparison.Ordinal);
        await AssertNoSecretAsync(app, error);
        proxy.Dispose();
        await served;
    }

    [BoundedTheory] // The answers of RFC 1928 §3 and RFC 1929 §2, and of SOCKS4.
    [InlineData("socks5", true, new byte[] { 5, 255 })]
    [InlineData("socks5", false, new byte[] { 5, 2 })]
    [InlineData("socks5", true, new byte[] { 5, 2, 1, 1 })]
    [InlineData("socks4a", true, new byte[] { 0, 93, 0, 0, 0, 0, 0, 0 })]
    public async Task P10_a_SOCKS_proxy_that_refuses_credentials_is_named_and_permanent(string scheme, bool hasCredentials, byte[] answer)
    {
        using var proxy = RawServer.Start();
        await using var app = new TestApp(
            new Uri("ws://feed.example:9/v2"),
            configure: connection => connection.ConfigureHttpHandler((http, _) => http.Proxy = new WebProxy($"{scheme}://127.0.0.1:{proxy.Uri.Port}")
            {
                Credentials = hasCredentials ? new NetworkCredential("puser", Secret) : null,
            }));
        await app.StartAsync();
        await (await proxy.ConnectionAsync()).WriteAsync(answer);

        var fault = await app.ReachAsync(LateConnectionState.Faulted);

        var error = Assert.IsType<LateConnectException>(fault.Exception);
        Assert.Equal((HttpStatusCode.ProxyAuthenticationRequired, HttpRequestError.ProxyTunnelError), (error.StatusCode, error.TransportError));
        Assert.Contains("the SOCKS proxy rejected the connection: it requires credentials", error.Message, StringComparison.Ordinal);
        await AssertNoSecretAsync(app, error);
    }

    [BoundedTheory]
    [InlineData("403 Forbidden", true)]
    [InlineData("404 Not Found", true)]
    [InlineData("302 Found", true)]
    [InlineData("502 Bad Gateway", false)]
    [InlineData("503 Service Unavailable", false)]
    public async Task P10_another_refusal_of_a_proxy_is_named_and_means_what_one_of_the_server_means(string status, bool isPermanent)
    {
        using var proxy = RawServer.Start();
        var served = ServeAsync(proxy, $"{status}\r\n");
        await using var app = App(proxy, "ws", hasCredentials: false);
        await app.StartAsync();

        var failed = await app.ReachAsync(isPermanent ? LateConnectionState.Faulted : LateConnectionState.Reconnecting);

        Assert.Equal(status[..3], $"{(int?)Assert.IsType<LateConnectException>(failed.Exception).StatusCode}");
        Assert.Contains($"the proxy refused with {status[..3]}", failed.Reason, StringComparison.Ordinal);
        await AssertNoSecretAsync(app, failed.Exception!);
        proxy.Dispose();
        await served;
    }

    [BoundedTheory]
    [InlineData("407 Proxy Authentication Required")]
    [InlineData("502 Bad Gateway")]
    public async Task P12_the_hosts_own_log_and_exception_of_FailFast_do_not_show_the_credentials_of_a_proxy(string status)
    {
        using var outlet = new Outlet();
        using var proxy = RawServer.Start();
        var served = ServeAsync(proxy, $"{status}\r\n");
        await using var app = App(proxy, "wss", hasCredentials: false, static options => options.Startup = LateStartupMode.FailFast);

        var error = await Assert.ThrowsAsync<LateConnectException>(app.StartAsync);

        Assert.Contains(app.Logs.Entries, static entry => entry.Category.StartsWith("Microsoft.Extensions.Hosting", StringComparison.Ordinal) && entry.Exception is not null);
        await AssertNoSecretAsync(app, error);
        outlet.Collect();
        Assert.All(outlet.Traced.Concat(outlet.Measured), static text => Assert.DoesNotContain(Secret, text, StringComparison.Ordinal));
        proxy.Dispose();
        await served;
    }

    [BoundedFact]
    public async Task P12_a_token_request_of_ConfigureHandshake_does_not_show_the_credentials_of_its_proxy()
    {
        await using var app = new TestApp(new Uri("ws://feed.example"), static options => options.Startup = LateStartupMode.FailFast, configure: static connection =>
            connection.ConfigureHandshake(static (_, _) => throw new InvalidOperationException(
                "no token", new HttpRequestException($"The proxy tunnel request to proxy 'http://puser:{Secret}@proxy.example/' failed with status code '407'."))));

        var error = await Assert.ThrowsAsync<LateConnectException>(app.StartAsync);

        Assert.Contains("System.InvalidOperationException", error.ToString(), StringComparison.Ordinal);
        await AssertNoSecretAsync(app, error);
    }

    [BoundedFact]
    public async Task P12_an_exception_of_a_socket_keeps_its_types_and_codes_without_messages()
    {
        await using var app = new TestApp(
            new Uri("ws://feed.example"),
            static options => options.Startup = LateStartupMode.FailFast,
            configure: static connection => connection.ConfigureHttpHandler(static (http, _) => http.ConnectCallback = static (_, _) =>
                throw new IOException(Secret, new InvalidDataException(Secret, new System.Net.Sockets.SocketException(111, Secret)))));

        var error = await Assert.ThrowsAsync<LateConnectException>(app.StartAsync);

        Assert.Contains("System.IO.InvalidDataException", error.ToString(), StringComparison.Ordinal);
        Assert.IsType<HttpRequestException>(error.InnerException);
        await AssertNoSecretAsync(app, error);
    }

    private static TestApp App(RawServer proxy, string scheme, bool hasCredentials, Action<LateConnectionOptions>? options = null) => new(
        new Uri($"{scheme}://user:{Secret}@feed.example:9/v2?token={Secret}"),
        configured =>
        {
            configured.Headers["X-Key"] = Secret;
            options?.Invoke(configured);
        },
        configure: connection => connection.ConfigureHttpHandler((http, _) => http.Proxy = new WebProxy(
            hasCredentials ? new Uri($"http://127.0.0.1:{proxy.Uri.Port}") : new Uri($"http://puser:{Secret}@127.0.0.1:{proxy.Uri.Port}"))
        {
            Credentials = hasCredentials ? new NetworkCredential("puser", Secret) : null,
        }));

    private static async Task ServeAsync(RawServer proxy, string answer)
    {
        try
        {
            while (true)
            {
                _ = AnswerAsync(await proxy.ConnectionAsync(), answer);
            }
        }
        catch (Exception exception) when (exception is System.Net.Sockets.SocketException or ObjectDisposedException or InvalidOperationException)
        {
        }
    }

    private static async Task AnswerAsync(RawPeer peer, string answer)
    {
        try
        {
            do
            {
                await peer.ReadRequestAsync();
                await peer.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {answer}Content-Length: 0\r\n\r\n"));
            }
            while (!answer.Contains("close", StringComparison.Ordinal));
            peer.Dispose();
        }
        catch (IOException)
        {
        }
    }

    private static async Task AssertNoSecretAsync(TestApp app, Exception error)
    {
        var call = await Assert.ThrowsAnyAsync<Exception>(() => app.Client.CallAsync(new Ask(""), new CancellationToken(canceled: true)));
        var connection = app.Host.Services.GetRequiredService<ILateConnectionDirectory>().GetConnections().Single();
        Assert.All(
            app.Logs.Entries.Select(static entry => $"{entry.Message} {entry.Exception}")
                .Concat(connection.GetRecentErrors().Select(static shown => shown.Message))
                .Concat(connection.GetRecentChanges().Select(static change => $"{change.Reason} {change.Exception}"))
                .Append($"{error} {call}"),
            static text => Assert.DoesNotContain(Secret, text, StringComparison.Ordinal));
    }
}
