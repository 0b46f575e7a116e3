namespace Late.Hosting.WebSockets;

/// <summary>What the request asked for (RFC 6455 §4.1).</summary>
/// <param name="Key">The <c>Sec-WebSocket-Key</c>; null over HTTP/2, which has none (RFC 8441 §5).</param>
/// <param name="SubProtocols">The sub-protocols, the preferred one first; may be empty.</param>
/// <param name="Deflate">The offer of compression; null for none.</param>
internal sealed record HandshakeOffer(string? Key, IReadOnlyList<string> SubProtocols, DeflateParameters? Deflate);
