namespace Late.Hosting.Tests.Support;

/// <summary>A server's bytes, one block for each read, all of which complete synchronously; writes wait where the test specifies it.</summary>
internal sealed class ScriptedStream(IEnumerable<byte[]> reads) : Stream
{
    private readonly IEnumerator<byte[]> _reads = reads.GetEnumerator();
    private volatile bool _isDisposed;

    /// <summary>What the client wrote, one block for each write.</summary>
    public List<byte[]> Writes { get; } = [];

    /// <summary>Writes are done when it is.</summary>
    public Task Writable { get; set; } = Task.CompletedTask;

    /// <summary>Called by each write.</summary>
    public Action? OnWriting { get; set; }

    public bool ThrowsWhenDisposed { get; set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty || _isDisposed || !_reads.MoveNext())
        {
            return new(0);
        }

        _reads.Current.CopyTo(buffer);
        return new(_reads.Current.Length);
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Writes.Add(buffer.ToArray());
        OnWriting?.Invoke();
        await Writable;
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        // Not the reads: one of them may be in progress on another thread.
        _isDisposed = true;
        base.Dispose(disposing);
        if (ThrowsWhenDisposed)
        {
            throw new IOException("Thrown by the stream's Dispose.");
        }
    }
}
