namespace Late.Hosting.WebSockets;

/// <summary>
/// The codes that never stand in a frame (RFC 6455 §7.1.5); those that may are in <see cref="LateCloseCode"/>.
/// </summary>
internal static class CloseCodes
{
    /// <summary>A Close frame had no code.</summary>
    public const int NoStatus = 1005;

    /// <summary>No Close frame was received.</summary>
    public const int Abnormal = 1006;

    /// <summary>The handshake of TLS failed.</summary>
    public const int TlsFailed = 1015;
}
