using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Late.Hosting.IntegrationTests.Support;

/// <summary>An issuer of certificates for servers; it is trusted only where that is configured.</summary>
public sealed class TestAuthority : IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly List<IDisposable> _issued = [];
    private readonly X509Certificate2 _own;

    public TestAuthority()
    {
        var request = new CertificateRequest("CN=An authority of the tests", _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, true));
        _own = request.CreateSelfSigned(Now.AddYears(-2), Now.AddYears(1));
    }

    // Certificates are checked by the machine's clock.
    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    /// <summary>A certificate for the loopback address, or for a name instead.</summary>
    public X509Certificate2 Issue(string? name = null, TimeSpan? endsIn = null)
    {
        var names = new SubjectAlternativeNameBuilder();
        if (name is null)
        {
            names.AddIpAddress(IPAddress.Loopback);
        }
        else
        {
            names.AddDnsName(name);
        }

        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=A server of the tests", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(names.Build());
        using var bare = request.Create(_own, Now.AddYears(-1), Now + (endsIn ?? TimeSpan.FromDays(1)), RandomNumberGenerator.GetBytes(8));
        var certificate = bare.CopyWithPrivateKey(key);
        _issued.AddRange([certificate, key]);
        return certificate;
    }

    /// <summary>Lets a connection trust this authority and no other.</summary>
    public void TrustBy(ILateConnectionBuilder connection) => connection.ConfigureHttpHandler((handler, _) =>
        handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            CustomTrustStore = { _own },
            RevocationMode = X509RevocationMode.NoCheck,
        });

    public void Dispose()
    {
        _issued.ForEach(issued => issued.Dispose());
        _own.Dispose();
        _key.Dispose();
    }
}
