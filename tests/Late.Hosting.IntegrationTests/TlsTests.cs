using System.Net;
using System.Net.Security;
using Late.Hosting.IntegrationTests.Support;

namespace Late.Hosting.IntegrationTests;

/// <summary>TLS with certificates that are wrong in one way each, and with one that is right.</summary>
public sealed class TlsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [BoundedFact]
    public async Task A_certificate_that_is_trusted_through_ConfigureHttpHandler_works()
    {
        using var authority = new TestAuthority();
        await using var server = await TestServer.StartAsync(certificate: authority.Issue());
        await using var app = new TestApp(server.Uri, configure: authority.TrustBy);
        var peer = await app.StartAsync(server);

        Assert.Equal("wss", server.Uri.Scheme);
        var call = app.Client.CallAsync(new Ask("price"), Token);
        await peer.SendAsync((await peer.ReceiveAsync())!);
        Assert.Equal("price", await call);
    }

    [BoundedFact]
    public async Task A_certificate_for_another_name_is_refused_and_the_error_reports_it()
    {
        using var authority = new TestAuthority();
        await using var server = await TestServer.StartAsync(certificate: authority.Issue(name: "other.example"));
        var message = await FailureAsync(server, authority.TrustBy);

        Assert.EndsWith("TLS failed: the server's certificate is for another name. Check the host in Uri, and for which names the certificate was issued.", message, StringComparison.Ordinal);
    }

    [BoundedFact]
    public async Task A_certificate_that_has_expired_is_refused_and_the_error_reports_it()
    {
        using var authority = new TestAuthority();
        await using var server = await TestServer.StartAsync(certificate: authority.Issue(endsIn: TimeSpan.FromDays(-1)));
        var message = await FailureAsync(server, authority.TrustBy);

        Assert.EndsWith("TLS failed: the server's certificate has expired or is not valid yet. Renew it, or set the clock of this machine.", message, StringComparison.Ordinal);
    }

    [BoundedFact]
    public async Task A_certificate_of_an_issuer_that_is_not_trusted_is_refused_and_the_error_reports_it()
    {
        using var authority = new TestAuthority();
        await using var server = await TestServer.StartAsync(certificate: authority.Issue());
        var message = await FailureAsync(server, _ => { });

        Assert.EndsWith(
            "TLS failed: the issuer of the server's certificate is not trusted here. Add it to the trusted roots, or to SslOptions.CertificateChainPolicy in ConfigureHttpHandler.",
            message,
            StringComparison.Ordinal);
    }

    [BoundedFact]
    public async Task A_refused_certificate_is_a_failed_attempt_and_a_renewed_one_is_accepted()
    {
        using var authority = new TestAuthority();
        await using var expired = await TestServer.StartAsync(certificate: authority.Issue(endsIn: TimeSpan.FromDays(-1)));
        await using var renewed = await TestServer.StartAsync(certificate: authority.Issue());
        await using var app = new TestApp(null, configure: connection =>
        {
            authority.TrustBy(connection);
            connection.ConfigureHandshake((handshake, _) =>
            {
                handshake.Uri = handshake.Attempt == 1 ? expired.Uri : renewed.Uri;
                return default;
            });
        });

        await app.StartAsync(renewed);
        Assert.Contains("has expired", app.Logs.Of("AttemptFailed").Single().Message, StringComparison.Ordinal);
        Assert.Equal(0, expired.Requests);
    }

    [BoundedTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_server_whose_TLS_does_not_offer_HTTP2_is_named_as_such_RFC7301_3_2(bool refusesByAlert)
    {
        using var authority = new TestAuthority();
        using var server = RawServer.Start();
        var uri = new UriBuilder(server.Uri) { Scheme = "wss" }.Uri;
        await using var app = new TestApp(
            uri,
            static options =>
            {
                options.HttpVersion = HttpVersion.Version20;
                options.Startup = LateStartupMode.FailFast;
            },
            configure: authority.TrustBy);
        var start = app.StartAsync();
        using var peer = await server.ConnectionAsync();
        var handshake = peer.SecureAsync(new SslServerAuthenticationOptions
        {
            ServerCertificate = authority.Issue(),
            ApplicationProtocols = refusesByAlert ? [SslApplicationProtocol.Http11] : null,
        });

        var error = await Assert.ThrowsAsync<LateConnectException>(() => start);
        Assert.Equal($"Connection 'Scripted' could not connect to {uri}: the server does not speak HTTP/2 at this port. Set HttpVersion to 1.1.", error.Message);
        Assert.Equal(refusesByAlert, await Record.ExceptionAsync(() => handshake) is not null);
    }

    private static async Task<string> FailureAsync(TestServer server, Action<ILateConnectionBuilder> configure)
    {
        var uri = new UriBuilder(server.Uri) { UserName = "me", Password = "secret", Query = "token=secret" }.Uri;
        await using var app = new TestApp(uri, options => options.Startup = LateStartupMode.FailFast, configure: configure);
        var error = await Assert.ThrowsAsync<LateConnectException>(app.StartAsync);
        Assert.Equal(HttpRequestError.SecureConnectionError, error.TransportError);
        Assert.StartsWith($"Connection 'Scripted' could not connect to {server.Uri}: ", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error.ToString(), StringComparison.Ordinal);
        Assert.Equal(0, server.Requests);
        return error.Message;
    }
}
