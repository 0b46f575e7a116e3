namespace Late.Hosting.HostilePeer.Peer;

/// <summary>Writes whole frames, between those that others write.</summary>
internal delegate void FrameWrite(ReadOnlySpan<byte> bytes);
