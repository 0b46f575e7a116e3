namespace Late.Hosting.Transport;

/// <summary>
/// A WebSocket's stream in an HTTP/2 connection that others share. Its end takes back the write that waits for the server's
/// window: sent after the stream's reset it breaks the protocol (RFC 9113 §5.1), and costs all the others their connection.
/// </summary>
/// <param name="inner">The stream.</param>
/// <param name="place">Its place among the streams of the connection, which it gives back.</param>
internal sealed class Http2Stream(Stream inner, Http2Place place) : ForwardingStream(inner)
{
    private readonly CancellationTokenSource _ended = new();

    /// <summary>The TCP connection takes no new stream, and keeps those that it has.</summary>
    public void Retire() => place.Retire();

    /// <param name="buffer">The bytes.</param>
    /// <param name="cancellationToken">Not looked at: what ends a write ends the stream.</param>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => Inner.WriteAsync(buffer, _ended.Token);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _ended.Cancel();
            Inner.Dispose();
            place.Dispose();
        }

        base.Dispose(disposing);
    }
}
