namespace Late.Hosting.WebSockets;

/// <summary>
/// The codes that never stand in a frame (RFC 6455 §7.1.5); those that may are in <see cref="LateCloseCode"/>.
/// </summary>
internal static class CloseCodes
{
    /// <summary>Says that a Close frame had no code.</summary>
    public const int NoStatus = 1005;

    /// <summary>Says that no Close frame came.</summary>
    public const int Abnormal = 1006;

    /// <summary>Says that the handshake of TLS failed.</summary>
    public const int TlsFailed = 1015;
}
