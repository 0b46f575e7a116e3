using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Late.Hosting.WebSockets;

/// <summary>The client's side of the opening handshake (RFC 6455 §4.1, RFC 8441 §5), apart from HTTP itself.</summary>
internal static class HandshakeRules
{
    public const int SwitchingProtocols = 101;
    public const int Ok = 200;

    /// <summary>The field with the version of the protocol (§4.1).</summary>
    public const string VersionField = "Sec-WebSocket-Version";

    /// <summary>The <c>Sec-WebSocket-Version</c> (§4.1).</summary>
    public const string Version = "13";

    private const string Guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    /// <summary>A <c>Sec-WebSocket-Key</c>: 16 random bytes, fresh for each connection (§4.1).</summary>
    public static string NewKey()
    {
        Span<byte> nonce = stackalloc byte[16];
        RandomNumberGenerator.Fill(nonce);
        return Convert.ToBase64String(nonce);
    }

    /// <summary>The <c>Sec-WebSocket-Accept</c> that proves that the server read the key (§4.2.2).</summary>
    [SuppressMessage("Security", "CA5350", Justification = "RFC 6455 §4.2.2 demands SHA-1. It protects nothing: it shows that the server speaks WebSocket.")]
    public static string AcceptFor(string key) => Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + Guid)));

    /// <summary>Checks the response to the request.</summary>
    public static HandshakeOutcome Check(HandshakeOffer offer, HandshakeAnswer answer)
    {
        string? subProtocol = null;
        DeflateParameters? deflate = null;
        string? error = (offer.Key is null ? CheckConnect(answer) : CheckUpgrade(offer.Key, answer))
            ?? CheckSubProtocol(offer.SubProtocols, answer.SubProtocol, out subProtocol)
            ?? ExtensionRules.Check(offer.Deflate, answer.Extensions, out deflate);
        return error is null ? new HandshakeOutcome(null, subProtocol, deflate) : new HandshakeOutcome(error);
    }

    // RFC 8441 §5: HTTP/2 has its own equivalents; only the status is left.
    private static string? CheckConnect(HandshakeAnswer answer) =>
        answer.Status == Ok ? null : $"The server answered {answer.Status} to the extended CONNECT, not 200 (RFC 8441 §5).";

    private static string? CheckUpgrade(string key, HandshakeAnswer answer)
    {
        if (answer.Status != SwitchingProtocols)
        {
            return $"The server answered {answer.Status} to the upgrade request, not 101 (RFC 6455 §4.1).";
        }

        if (answer.Upgrade.Count != 1 || !answer.Upgrade[0].Trim().Equals("websocket", StringComparison.OrdinalIgnoreCase))
        {
            return "The response's Upgrade field is not \"websocket\" (RFC 6455 §4.1).";
        }

        if (!answer.Connection.SelectMany(value => value.Split(',')).Any(token => token.Trim().Equals("upgrade", StringComparison.OrdinalIgnoreCase)))
        {
            return "The response's Connection field does not have \"Upgrade\" (RFC 6455 §4.1).";
        }

        return answer.Accept.Count == 1 && answer.Accept[0].Trim() == AcceptFor(key)
            ? null
            : "The response's Sec-WebSocket-Accept does not match the request's key (RFC 6455 §4.1).";
    }

    private static string? CheckSubProtocol(IReadOnlyList<string> requested, IReadOnlyList<string> answered, out string? subProtocol)
    {
        subProtocol = answered.Count == 0 ? null : answered[0].Trim();
        if (answered.Count > 1)
        {
            return "The response has Sec-WebSocket-Protocol more than once (RFC 6455 §11.3.4).";
        }

        return subProtocol is null || requested.Contains(subProtocol, StringComparer.Ordinal)
            ? null
            : "The server selected a sub-protocol that was not requested (RFC 6455 §4.1). Add it to SubProtocols as the server's Sec-WebSocket-Protocol header has it.";
    }
}
