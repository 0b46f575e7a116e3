using System.Net;
using System.Security.Authentication;
using Late.Hosting.Diagnostics;
using Late.Hosting.Transport;

namespace Late.Hosting.Tests.Transport;

public sealed class ConnectErrorsTests
{
    [Fact]
    public void P12_an_address_is_shown_without_user_info_query_and_fragment()
    {
        Assert.Equal("wss://feed.example:9443/v2", Redaction.Redact(new Uri("wss://me:secret@feed.example:9443/v2?token=secret#secret")));
    }

    [Theory]
    [InlineData(HttpStatusCode.OK, "no WebSocket at this address")]
    [InlineData(HttpStatusCode.Unauthorized, "credentials")]
    [InlineData(HttpStatusCode.Found, "redirects are not followed")]
    public async Task P12_a_refusal_reports_what_to_do_and_no_secret(HttpStatusCode status, string advice)
    {
        using var response = new HttpResponseMessage(status) { Content = new StringContent(new string('x', 5000)) };

        var error = await ConnectErrors.FromResponseAsync(
            "Test", new Uri("wss://me:secret@feed.example/v2?token=secret"), "", response, TimeProvider.System, offersCompression: false, TestContext.Current.CancellationToken);

        Assert.Contains(advice, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error.ToString(), StringComparison.Ordinal);
        Assert.Equal(status, error.StatusCode);
        Assert.Equal(1024, error.Body.Length);
    }

    [Fact]
    public async Task P12_the_target_of_a_redirect_is_shown_without_user_info_query_and_fragment()
    {
        using var response = new HttpResponseMessage(HttpStatusCode.Found);
        response.Headers.Location = new Uri("https://me:secret@new.example:9443/v3?token=secret#secret");

        var error = await ConnectErrors.FromResponseAsync(
            "Test", new Uri("wss://feed.example/v2"), "", response, TimeProvider.System, offersCompression: false, TestContext.Current.CancellationToken);

        Assert.Contains("https://new.example:9443/v3", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("The remote certificate is invalid according to the validation procedure: RemoteCertificateNameMismatch", "for another name")]
    [InlineData("The remote certificate is invalid because of errors in the certificate chain: NotTimeValid", "has expired")]
    [InlineData("The remote certificate is invalid because of errors in the certificate chain: NotTimeValid, UntrustedRoot", "has expired")]
    [InlineData("The remote certificate is invalid because of errors in the certificate chain: PartialChain", "not trusted here")]
    [InlineData("Authentication failed, see inner exception.", "speaks TLS at this port")]
    public void A_failure_of_TLS_reports_what_is_wrong_with_the_certificate(string named, string advice)
    {
        var cause = new HttpRequestException(
            HttpRequestError.SecureConnectionError, "The SSL connection could not be established.", new AuthenticationException(named));

        var error = ConnectErrors.FromTransport("Test", new Uri("wss://me:secret@feed.example/v2?token=secret"), HttpVersion.Version11, cause);

        Assert.Contains(advice, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error.ToString(), StringComparison.Ordinal);
    }

    [Fact] // As HttpClient reports it: the message has the address that the proxy was set with.
    public void P12_a_proxy_that_cannot_be_reached_is_shown_without_its_credentials()
    {
        var cause = new HttpRequestException(HttpRequestError.ProxyTunnelError, "The proxy tunnel request to proxy 'http://me:secret@proxy.example:3128/' failed.");

        var error = ConnectErrors.FromTransport("Test", new Uri("wss://feed.example/v2"), HttpVersion.Version11, cause);

        Assert.DoesNotContain("secret", error.ToString(), StringComparison.Ordinal);
        Assert.Equal(HttpRequestError.ProxyTunnelError, Assert.IsType<HttpRequestException>(error.InnerException).HttpRequestError);
    }
}
