namespace Late.Hosting.Transport;

/// <summary>
/// A WebSocket's stream in an HTTP/2 connection that others share. Its end takes back the write that waits for the server's
/// window: sent after the stream's reset it breaks the protocol (RFC 9113 §5.1), and costs all the others their connection.
/// </summary>
internal sealed class Http2Stream(Stream inner) : Stream
{
    private readonly CancellationTokenSource _ended = new();

    public override bool CanRead => inner.CanRead;

    public override bool CanSeek => false;

    public override bool CanWrite => inner.CanWrite;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => inner.ReadAsync(buffer, cancellationToken);

    public override void Write(byte[] buffer, int offset, int count) => inner.Write(buffer, offset, count);

    /// <param name="buffer">The bytes.</param>
    /// <param name="cancellationToken">Not looked at: what ends a write ends the stream.</param>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => inner.WriteAsync(buffer, _ended.Token);

    public override void Flush() => inner.Flush();

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _ended.Cancel();
            inner.Dispose();
        }

        base.Dispose(disposing);
    }
}
