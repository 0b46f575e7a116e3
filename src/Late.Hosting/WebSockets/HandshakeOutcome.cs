namespace Late.Hosting.WebSockets;

/// <summary>What a handshake came to: an error that names the rule, or what was agreed on.</summary>
/// <param name="Error">Why the connection may not be used; null when it may.</param>
/// <param name="SubProtocol">The sub-protocol; null for none.</param>
/// <param name="Deflate">The compression; null for none.</param>
internal sealed record HandshakeOutcome(string? Error, string? SubProtocol = null, DeflateParameters? Deflate = null);
