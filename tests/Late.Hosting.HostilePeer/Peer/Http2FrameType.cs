namespace Late.Hosting.HostilePeer.Peer;

/// <summary>The frames of HTTP/2 (RFC 9113 §6) that are looked at.</summary>
internal static class Http2FrameType
{
    public const int Data = 0;
    public const int Headers = 1;
    public const int ResetStream = 3;
    public const int Settings = 4;
    public const int Ping = 6;
    public const int GoAway = 7;
    public const int WindowUpdate = 8;

    /// <summary>END_STREAM, or ACK.</summary>
    public const int End = 1;
    public const int EndHeaders = 4;
}
