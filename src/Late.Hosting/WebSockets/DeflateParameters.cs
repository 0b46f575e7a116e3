namespace Late.Hosting.WebSockets;

/// <summary>What was agreed on for permessage-deflate (RFC 7692 §7.1).</summary>
/// <param name="ServerNoContextTakeover">The server compresses each message by itself (§7.1.1.1).</param>
/// <param name="ClientNoContextTakeover">We compress each message by itself (§7.1.1.2).</param>
/// <param name="ClientMaxWindowBits">How far back our messages may refer: 2 to the power of this many bytes (§7.1.2.2).</param>
internal sealed record DeflateParameters(
    bool ServerNoContextTakeover = false, bool ClientNoContextTakeover = false, int ClientMaxWindowBits = DeflateParameters.MostWindowBits)
{
    /// <summary>The largest window of DEFLATE, and the default (§7.1.2).</summary>
    public const int MostWindowBits = 15;

    public const string ExtensionName = "permessage-deflate";

    /// <summary>What ends the data of every message, and is left out on the wire (§7.2.1, §7.2.2).</summary>
    public static ReadOnlySpan<byte> OmittedTail => [0x00, 0x00, 0xFF, 0xFF];

    /// <summary>The offer for the request's <c>Sec-WebSocket-Extensions</c>.</summary>
    /// <remarks><c>client_max_window_bits</c> without a value allows the server to ask for a smaller window (§7.1.2.2).</remarks>
    public string ToOffer() =>
        ExtensionName
        + (ServerNoContextTakeover ? "; server_no_context_takeover" : string.Empty)
        + (ClientNoContextTakeover ? "; client_no_context_takeover" : string.Empty)
        + "; client_max_window_bits";
}
