namespace Late.Hosting.HostilePeer.Peer;

/// <summary>A WebSocket over HTTP/1.1: TCP, or TLS over it.</summary>
internal sealed class TcpDuplex(Stream stream, SocketStream socket) : Duplex
{
    public override void Write(ReadOnlySpan<byte> bytes) => stream.Write(bytes);

    public override int Read(Span<byte> buffer) => stream.Read(buffer);

    // Without the close_notify of TLS: a client that only looks for that is cut off.
    public override void Fin() => socket.Fin();

    public override void Reset() => socket.Reset();
}
