using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Reflection;
using System.Runtime.Versioning;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Late.Hosting.Transport;

namespace Late.Hosting.Tests.Transport;

public sealed class HttpSettingsTests
{
    [Fact]
    public void A_copy_has_every_setting_of_a_handler()
    {
        using var meters = new Meters();
        using var unset = new SocketsHttpHandler();
        using var settings = new SocketsHttpHandler();
        var properties = typeof(SocketsHttpHandler).GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(static property => property.CanWrite).ToList();
        foreach (var property in properties)
        {
            var value = Other(property.PropertyType, property.GetValue(unset), meters);
            Assert.NotEqual(property.GetValue(unset), value);
            property.SetValue(settings, value);
        }

        settings.UseCookies = true;
        settings.Properties["late"] = 1;

        using var copy = HttpSettings.Copy(settings);

        Assert.All(properties, property => Assert.Equal(property.GetValue(settings), property.GetValue(copy)));
        Assert.Equal(settings.Properties, copy.Properties);
    }

    [Fact]
    public void A_copy_keeps_no_cookies_where_the_handler_keeps_none()
    {
        using var settings = new SocketsHttpHandler { UseCookies = false };

        using var copy = HttpSettings.Copy(settings);

        Assert.False(copy.UseCookies);
    }

    [Fact]
    [SupportedOSPlatform("linux")]
    public void P12_a_copy_without_credentials_has_every_other_setting_of_a_handler()
    {
        string[] left = ["CookieContainer", "Credentials", "PreAuthenticate", "SslOptions", "UseCookies"];
        string[] leftOfTls = ["ClientCertificateContext", "ClientCertificates", "LocalCertificateSelectionCallback", "TargetHost"];
        using var meters = new Meters();
        using var unset = new SocketsHttpHandler();
        using var settings = new SocketsHttpHandler();
        foreach (var property in Writable(typeof(SocketsHttpHandler)))
        {
            property.SetValue(settings, Other(property.PropertyType, property.GetValue(unset), meters));
        }

        settings.UseCookies = settings.PreAuthenticate = true;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=A client", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
        settings.SslOptions = new SslClientAuthenticationOptions
        {
            AllowRenegotiation = false,
            AllowRsaPkcs1Padding = false,
            AllowRsaPssPadding = false,
            AllowTlsResume = false,
            ApplicationProtocols = [SslApplicationProtocol.Http11],
            CertificateChainPolicy = new X509ChainPolicy(),
            CertificateRevocationCheckMode = X509RevocationMode.Offline,
            CipherSuitesPolicy = new CipherSuitesPolicy([TlsCipherSuite.TLS_AES_128_GCM_SHA256]),
            ClientCertificateContext = SslStreamCertificateContext.Create(certificate, null, offline: true),
            ClientCertificates = [certificate],
            EnabledSslProtocols = SslProtocols.Tls13,
            LocalCertificateSelectionCallback = (_, _, _, _, _) => certificate,
            RemoteCertificateValidationCallback = static (_, _, _, errors) => errors == SslPolicyErrors.None,
            TargetHost = "feed.example",
        };
        var tls = Writable(typeof(SslClientAuthenticationOptions)).ToList();

        // All but that of encryption, which has one value left.
        var unsetTls = new SslClientAuthenticationOptions();
        Assert.All(tls.Where(static property => property.Name != "EncryptionPolicy"), property => Assert.NotEqual(property.GetValue(unsetTls), property.GetValue(settings.SslOptions)));

        using var copy = HttpSettings.CopyWithoutCredentials(settings);

        Assert.All(
            Writable(typeof(SocketsHttpHandler)).Where(property => !left.Contains(property.Name)),
            property => Assert.Equal(property.GetValue(settings), property.GetValue(copy)));
        Assert.Equal((false, null, false), (copy.UseCookies, copy.Credentials, copy.PreAuthenticate));
        Assert.All(
            tls, property => Assert.Equal(property.GetValue(leftOfTls.Contains(property.Name) ? unsetTls : settings.SslOptions), property.GetValue(copy.SslOptions)));
    }

    private static IEnumerable<PropertyInfo> Writable(Type type) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(static property => property.CanWrite);

    private static object Other(Type type, object? value, Meters meters) => value switch
    {
        bool set => !set,
        int number => number == int.MaxValue ? 1 : number + 1,
        TimeSpan => TimeSpan.FromSeconds(7),
        DecompressionMethods => DecompressionMethods.GZip,
        HttpKeepAlivePingPolicy => HttpKeepAlivePingPolicy.WithActiveRequests,
        _ => type switch
        {
            _ when type == typeof(SslClientAuthenticationOptions) => new SslClientAuthenticationOptions(),
            _ when type == typeof(CookieContainer) => new CookieContainer(),
            _ when type == typeof(IWebProxy) => new WebProxy(),
            _ when type == typeof(ICredentials) => new NetworkCredential(),
            _ when type == typeof(DistributedContextPropagator) => DistributedContextPropagator.CreateNoOutputPropagator(),
            _ when type == typeof(System.Diagnostics.Metrics.IMeterFactory) => meters,
            _ when type == typeof(HeaderEncodingSelector<HttpRequestMessage>) => (HeaderEncodingSelector<HttpRequestMessage>)(static (_, _) => null),
            _ when type == typeof(HeaderEncodingSelector<HttpResponseMessage>) => (HeaderEncodingSelector<HttpResponseMessage>)(static (_, _) => null),
            _ when type == typeof(Func<SocketsHttpConnectionContext, CancellationToken, ValueTask<Stream>>) =>
                (Func<SocketsHttpConnectionContext, CancellationToken, ValueTask<Stream>>)(static (_, _) => new(Stream.Null)),
            _ when type == typeof(Func<SocketsHttpPlaintextStreamFilterContext, CancellationToken, ValueTask<Stream>>) =>
                (Func<SocketsHttpPlaintextStreamFilterContext, CancellationToken, ValueTask<Stream>>)(static (context, _) => new(context.PlaintextStream)),
            _ => throw new NotSupportedException($"A value of {type} is missing."),
        },
    };

    private sealed class Meters : System.Diagnostics.Metrics.IMeterFactory
    {
        public System.Diagnostics.Metrics.Meter Create(System.Diagnostics.Metrics.MeterOptions options) => new(options);

        public void Dispose()
        {
        }
    }
}
