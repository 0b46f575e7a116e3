namespace Late.Hosting.WebSockets;

/// <summary>What was agreed on for permessage-deflate (RFC 7692 §7.1).</summary>
/// <param name="ServerNoContextTakeover">The server compresses each message by itself (§7.1.1.1).</param>
/// <param name="ClientNoContextTakeover">We compress each message by itself (§7.1.1.2).</param>
internal sealed record DeflateParameters(bool ServerNoContextTakeover = false, bool ClientNoContextTakeover = false)
{
    public const string ExtensionName = "permessage-deflate";

    /// <summary>What ends the data of every message, and is left out on the wire (§7.2.1, §7.2.2).</summary>
    public static ReadOnlySpan<byte> OmittedTail => [0x00, 0x00, 0xFF, 0xFF];

    /// <summary>The offer for the request's <c>Sec-WebSocket-Extensions</c>.</summary>
    /// <remarks>
    /// It does not have <c>client_max_window_bits</c>: .NET's compressor always has a window of 2^15 bytes, so a smaller
    /// one could not be promised (§7.1.2.2).
    /// </remarks>
    public string ToOffer() =>
        ExtensionName
        + (ServerNoContextTakeover ? "; server_no_context_takeover" : string.Empty)
        + (ClientNoContextTakeover ? "; client_no_context_takeover" : string.Empty);
}
