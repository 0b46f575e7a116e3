using System.ComponentModel;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Late.Hosting.Transport;

/// <summary>Describes what is wrong with a server's certificate, and what to do.</summary>
internal static class TlsErrors
{
    private const int ProtocolMismatch = unchecked((int)0x80090367);

    private const string NotTrusted =
        "the issuer of the server's certificate is not trusted here. Add it to the trusted roots, or to SslOptions.CertificateChainPolicy in ConfigureHttpHandler.";

    private static readonly (string Sign, string Advice)[] s_problems =
    [
        (nameof(X509ChainStatusFlags.NotTimeValid),
            "the server's certificate has expired or is not valid yet. Renew it, or set the clock of this machine."),
        (nameof(SslPolicyErrors.RemoteCertificateNameMismatch),
            "the server's certificate is for another name. Check the host in Uri, and for which names the certificate was issued."),
        (nameof(X509ChainStatusFlags.UntrustedRoot), NotTrusted),
        (nameof(X509ChainStatusFlags.PartialChain), NotTrusted),
        (nameof(X509ChainStatusFlags.Revoked),
            "the server's certificate has been revoked. The server needs a new one."),
    ];

    /// <summary>The message for a failed handshake of TLS.</summary>
    public static string Describe(Exception exception)
    {
        // SslStream names the problems, by the names of the flags, in its message and nowhere else.
        var text = Authentication(exception)?.Message ?? "";
        foreach (var (sign, advice) in s_problems)
        {
            if (text.Contains(sign, StringComparison.Ordinal))
            {
                return $"TLS failed: {advice}";
            }
        }

        return "TLS failed. Check the server's certificate and name, and that it speaks TLS at this port.";
    }

    /// <summary>True where TLS failed since the server does not speak the version of HTTP (no_application_protocol, RFC 7301 §3.2).</summary>
    public static bool IsOfVersion(Exception? exception)
    {
        // OpenSSL reports it in the message only, Windows by SEC_E_APPLICATION_PROTOCOL_MISMATCH.
        while (exception is not null
            && !exception.Message.Contains("no application protocol", StringComparison.OrdinalIgnoreCase)
            && exception is not Win32Exception { NativeErrorCode: ProtocolMismatch })
        {
            exception = exception.InnerException;
        }

        return exception is not null;
    }

    private static AuthenticationException? Authentication(Exception? exception)
    {
        while (exception is not (null or AuthenticationException))
        {
            exception = exception.InnerException;
        }

        return (AuthenticationException?)exception;
    }
}
