using System.Net;
using Late.Hosting.IntegrationTests.Support;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Late.Hosting.IntegrationTests;

/// <summary>What a server gets whose address came from a message of another one (promise P12).</summary>
public sealed class ForeignOriginTests
{
    private const string Secret = "hunter2-6b1f";

    // Those that every upgrade has.
    private static readonly string[] s_own = ["Connection", "Host", "Sec-WebSocket-Key", "Sec-WebSocket-Version", "Upgrade", ":authority", ":method", ":path", ":protocol", ":scheme"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [BoundedTheory]
    [InlineData(false, HttpProtocols.Http1)]
    [InlineData(true, HttpProtocols.Http1)]
    [InlineData(false, HttpProtocols.Http2)]
    [InlineData(true, HttpProtocols.Http2)]
    public async Task P12_a_resume_address_at_a_foreign_origin_gets_no_header_cookie_or_credential_of_the_configured_one(bool hasHttpHandler, HttpProtocols protocol)
    {
        await using var server = await TestServer.StartAsync(protocol);
        await using var foreign = await TestServer.StartAsync(protocol);
        Uri? resume = null;
        await using var app = App(server, protocol, hasHttpHandler, () => resume);
        await app.StartAsync();
        var first = await server.RequestAsync();
        Assert.Equal(Secret, first.Header("X-Key"));
        Assert.Equal($"Bearer {Secret}", first.Header("X-Token"));
        first.Context.Response.Headers.SetCookie = $"node={Secret}; Path=/";
        var peer = await first.AcceptAsync();
        await app.Client.WaitForReadyAsync(Token);
        resume = new Uri(foreign.Uri, "/resume?id=7");
        peer.Drop();
        var resumed = await foreign.RequestAsync();

        Assert.Equal("?id=7", resumed.Context.Request.QueryString.Value);
        Assert.Empty(resumed.Context.Request.Headers.Keys.Except(s_own, StringComparer.OrdinalIgnoreCase));
        await resumed.AcceptAsync();
        await app.Client.WaitForReadyAsync(Token);
    }

    [BoundedTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task P12_a_foreign_origin_that_asks_for_credentials_or_sets_cookies_changes_nothing(bool hasHttpHandler)
    {
        await using var server = await TestServer.StartAsync();
        await using var foreign = await TestServer.StartAsync();
        Uri? resume = foreign.Uri;
        await using var app = App(server, HttpProtocols.Http1, hasHttpHandler, () => resume, hasUserInfo: false);
        await app.StartAsync();
        var challenged = await foreign.RequestAsync();
        challenged.Context.Response.Headers.WWWAuthenticate = "Basic realm=\"feed\"";
        challenged.Context.Response.Headers.SetCookie = "node=of the foreign; Path=/";
        resume = null;
        challenged.Refuse(401);
        var next = await server.RequestAsync();

        // Cookies know no ports (RFC 6265 §8.5): without the rule the configured origin would get it.
        Assert.Null(next.Header("Cookie"));
        Assert.Equal(1, foreign.Requests);
        next.Context.Response.Headers.WWWAuthenticate = "Basic realm=\"feed\"";
        next.Refuse(401);
        if (hasHttpHandler)
        {
            Assert.StartsWith("Basic ", (await server.RequestAsync()).Header("Authorization"), StringComparison.Ordinal);
        }
    }

    [BoundedFact]
    public async Task P12_an_address_from_a_message_at_a_configured_or_allowed_origin_gets_headers_cookies_and_user_info()
    {
        await using var server = await TestServer.StartAsync();
        await using var allowed = await TestServer.StartAsync();
        Uri? resume = null;
        await using var app = App(
            server, HttpProtocols.Http1, hasHttpHandler: false, () => resume, options => options.AllowedOrigins.Add(new Uri(allowed.Uri, "/")));
        await app.StartAsync();
        var first = await server.RequestAsync();
        var authorization = first.Header("Authorization");
        Assert.StartsWith("Basic ", authorization, StringComparison.Ordinal);
        first.Context.Response.Headers.SetCookie = $"node={Secret}; Path=/";
        resume = new Uri(server.Uri, "/resume");
        first.Refuse(503);
        var resumed = await server.RequestAsync();
        Assert.Equal((authorization, $"node={Secret}", Secret), (resumed.Header("Authorization"), resumed.Header("Cookie"), resumed.Header("X-Key")));
        resume = allowed.Uri;
        resumed.Refuse(503);
        resumed = await allowed.RequestAsync();

        Assert.Equal((authorization, $"node={Secret}", Secret), (resumed.Header("Authorization"), resumed.Header("Cookie"), resumed.Header("X-Key")));
    }

    [BoundedFact]
    public async Task P12_wss_never_becomes_ws_and_no_secret_is_logged()
    {
        using var authority = new TestAuthority();
        await using var server = await TestServer.StartAsync(certificate: authority.Issue());
        await using var foreign = await TestServer.StartAsync();
        Uri? resume = null;
        await using var app = App(server, HttpProtocols.Http1, hasHttpHandler: false, () => resume, configure: authority.TrustBy);
        var peer = await app.StartAsync(server);
        resume = new Uri(foreign.Uri, $"/resume?token={Secret}");
        peer.Drop();
        var failed = await app.Logs.NextAsync("AttemptFailed");
        resume = null;
        await app.AcceptAsync(server);

        Assert.Contains("would replace wss by ws", failed.Message, StringComparison.Ordinal);
        Assert.Equal(0, foreign.Requests);
        Assert.DoesNotContain(app.Logs.Entries, static entry => entry.Event.Name is not null && $"{entry.Message}{entry.Exception}".Contains(Secret, StringComparison.Ordinal));
    }

    private static TestApp App(
        TestServer server,
        HttpProtocols protocol,
        bool hasHttpHandler,
        Func<Uri?> resume,
        Action<LateConnectionOptions>? options = null,
        Action<ILateConnectionBuilder>? configure = null,
        bool hasUserInfo = true)
    {
        var app = new TestApp(
            hasUserInfo ? new UriBuilder(server.Uri) { UserName = "user", Password = Secret }.Uri : server.Uri,
            connection =>
            {
                connection.HttpVersion = protocol == HttpProtocols.Http2 ? HttpVersion.Version20 : HttpVersion.Version11;
                connection.Headers["X-Key"] = Secret;
                options?.Invoke(connection);
            },
            configure: connection =>
            {
                connection.ConfigureHandshake(static (handshake, _) =>
                {
                    handshake.Headers["X-Token"] = $"Bearer {Secret}";
                    return default;
                });
                if (hasHttpHandler)
                {
                    connection.ConfigureHttpHandler(static (http, _) =>
                    {
                        http.Credentials = new NetworkCredential("user", Secret);
                        http.PreAuthenticate = true;
                    });
                }

                configure?.Invoke(connection);
            });
        app.Script.Connecting = (handshake, state, _) =>
        {
            handshake.Uri = resume() ?? handshake.Uri;
            return new(state);
        };
        return app;
    }
}
