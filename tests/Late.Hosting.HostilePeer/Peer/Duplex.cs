namespace Late.Hosting.HostilePeer.Peer;

/// <summary>The bytes of a WebSocket in both directions. One thread reads, one writes.</summary>
internal abstract class Duplex
{
    public abstract void Write(ReadOnlySpan<byte> bytes);

    /// <summary>Reads some bytes; zero at the client's orderly end.</summary>
    public abstract int Read(Span<byte> buffer);

    /// <summary>Ends this direction in order.</summary>
    public abstract void Fin();

    /// <summary>Ends both directions immediately.</summary>
    public abstract void Reset();
}
