namespace Late.Hosting.WebSockets;

/// <summary>The content of the response (RFC 6455 §4.2.2): its status, and each field's values as received.</summary>
internal sealed record HandshakeAnswer(int Status)
{
    public IReadOnlyList<string> Upgrade { get; init; } = [];

    public IReadOnlyList<string> Connection { get; init; } = [];

    /// <summary><c>Sec-WebSocket-Accept</c></summary>
    public IReadOnlyList<string> Accept { get; init; } = [];

    /// <summary><c>Sec-WebSocket-Protocol</c></summary>
    public IReadOnlyList<string> SubProtocol { get; init; } = [];

    /// <summary><c>Sec-WebSocket-Extensions</c></summary>
    public IReadOnlyList<string> Extensions { get; init; } = [];
}
