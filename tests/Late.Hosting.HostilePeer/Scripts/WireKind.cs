namespace Late.Hosting.HostilePeer.Scripts;

/// <summary>What carries the WebSocket.</summary>
internal enum WireKind
{
    Http1,
    Http1Tls,
    Http2,
    Http2Tls,
}
