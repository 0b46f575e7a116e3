using System.Net.Security;

namespace Late.Hosting.Transport;

/// <summary>Copies the settings of a handler, which has no way to do so itself.</summary>
internal static class HttpSettings
{
    /// <summary>A new handler with the same settings; what they refer to, like cookies and credentials, is shared.</summary>
    public static SocketsHttpHandler Copy(SocketsHttpHandler settings)
    {
        var copy = new SocketsHttpHandler
        {
            ActivityHeadersPropagator = settings.ActivityHeadersPropagator,
            AllowAutoRedirect = settings.AllowAutoRedirect,
            AutomaticDecompression = settings.AutomaticDecompression,
            ConnectCallback = settings.ConnectCallback,
            ConnectTimeout = settings.ConnectTimeout,
            Credentials = settings.Credentials,
            DefaultProxyCredentials = settings.DefaultProxyCredentials,
            EnableMultipleHttp2Connections = settings.EnableMultipleHttp2Connections,
            EnableMultipleHttp3Connections = settings.EnableMultipleHttp3Connections,
            Expect100ContinueTimeout = settings.Expect100ContinueTimeout,
            InitialHttp2StreamWindowSize = settings.InitialHttp2StreamWindowSize,
            KeepAlivePingDelay = settings.KeepAlivePingDelay,
            KeepAlivePingPolicy = settings.KeepAlivePingPolicy,
            KeepAlivePingTimeout = settings.KeepAlivePingTimeout,
            MaxAutomaticRedirections = settings.MaxAutomaticRedirections,
            MaxConnectionsPerServer = settings.MaxConnectionsPerServer,
            MaxResponseDrainSize = settings.MaxResponseDrainSize,
            MaxResponseHeadersLength = settings.MaxResponseHeadersLength,
            MeterFactory = settings.MeterFactory,
            PlaintextStreamFilter = settings.PlaintextStreamFilter,
            PooledConnectionIdleTimeout = settings.PooledConnectionIdleTimeout,
            PooledConnectionLifetime = settings.PooledConnectionLifetime,
            PreAuthenticate = settings.PreAuthenticate,
            Proxy = settings.Proxy,
            RequestHeaderEncodingSelector = settings.RequestHeaderEncodingSelector,
            ResponseDrainTimeout = settings.ResponseDrainTimeout,
            ResponseHeaderEncodingSelector = settings.ResponseHeaderEncodingSelector,
            SslOptions = settings.SslOptions,
            UseCookies = settings.UseCookies,
            UseProxy = settings.UseProxy,
        };
        if (settings.UseCookies)
        {
            copy.CookieContainer = settings.CookieContainer;
        }

        foreach (var property in settings.Properties)
        {
            copy.Properties.Add(property);
        }

        return copy;
    }

    /// <summary>The same without what identifies the client to a server: cookies, credentials, client certificates, and the name that its certificate must have.</summary>
    public static SocketsHttpHandler CopyWithoutCredentials(SocketsHttpHandler settings)
    {
        var copy = Copy(settings);
        (copy.UseCookies, copy.Credentials, copy.PreAuthenticate) = (false, null, false);
        copy.SslOptions = CopyWithoutCredentials(settings.SslOptions);
        return copy;
    }

    private static SslClientAuthenticationOptions CopyWithoutCredentials(SslClientAuthenticationOptions settings)
    {
        var copy = new SslClientAuthenticationOptions
        {
            AllowRenegotiation = settings.AllowRenegotiation,
            AllowTlsResume = settings.AllowTlsResume,
            ApplicationProtocols = settings.ApplicationProtocols,
            CertificateChainPolicy = settings.CertificateChainPolicy,
            CertificateRevocationCheckMode = settings.CertificateRevocationCheckMode,
            EnabledSslProtocols = settings.EnabledSslProtocols,
            EncryptionPolicy = settings.EncryptionPolicy,
            RemoteCertificateValidationCallback = settings.RemoteCertificateValidationCallback,
        };
        if (OperatingSystem.IsLinux() || OperatingSystem.IsWindows())
        {
            (copy.AllowRsaPkcs1Padding, copy.AllowRsaPssPadding) = (settings.AllowRsaPkcs1Padding, settings.AllowRsaPssPadding);
        }

        if (!OperatingSystem.IsWindows() && !OperatingSystem.IsAndroid())
        {
            copy.CipherSuitesPolicy = settings.CipherSuitesPolicy;
        }

        return copy;
    }
}
