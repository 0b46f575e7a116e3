namespace Late.Hosting.Simulation.Leases;

/// <summary>A host's end of a connection: what it writes may pause before it reaches the network, and nothing reaches it while it is frozen.</summary>
internal sealed class OwnerWire(LeaseWorld world, OwnerSession session) : Stream
{
    private readonly Queue<byte[]> _arrived = new();
    private TaskCompletionSource<int>? _reading;
    private TaskCompletionSource? _writing;
    private Memory<byte> _room;
    private int _taken;
    private bool _isEnded;

    /// <summary>The host has closed its socket, or its process has ended.</summary>
    public bool IsDisposed { get; private set; }

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>Bytes from the server are there; none for its end.</summary>
    public void Arrive(byte[] bytes)
    {
        _isEnded |= bytes.Length == 0;
        if (bytes.Length > 0)
        {
            _arrived.Enqueue(bytes);
        }

        session.Host.Process.Deliver(() =>
        {
            if (_reading is { } reading && (_arrived.Count > 0 || _isEnded))
            {
                _reading = null;
                reading.TrySetResult(Take(_room.Span));
            }
        });
    }

    /// <summary>The process has ended, and nothing in it is notified.</summary>
    public void Drop()
    {
        IsDisposed = true;
        session.OnLeft();
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (IsDisposed)
        {
            return ValueTask.FromException<int>(new ObjectDisposedException(nameof(OwnerWire)));
        }

        if (_arrived.Count > 0 || _isEnded)
        {
            return new(Take(buffer.Span));
        }

        (_room, _reading) = (buffer, new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously));
        return new(_reading.Task);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (IsDisposed)
        {
            return ValueTask.FromException(new IOException("The simulated connection is gone."));
        }

        session.Host.Ownership.OnWriting(session.Token, "a frame");
        if (world.DrawPause() is var pause && pause == TimeSpan.Zero)
        {
            session.Accept(buffer.Span);
            return default;
        }

        // The process pauses behind the check: the bytes leave later, unless it has ended by then.
        var bytes = buffer.ToArray();
        var writing = _writing = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        world.Time.After(pause, () =>
        {
            if (!IsDisposed)
            {
                session.Accept(bytes);
                session.Host.Process.Deliver(() => writing.TrySetResult());
            }
        });
        return new(writing.Task);
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override void Flush() => throw new NotSupportedException();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (!IsDisposed)
        {
            IsDisposed = true;
            var (reading, writing) = (_reading, _writing);
            (_reading, _writing) = (null, null);
            reading?.TrySetException(new ObjectDisposedException(nameof(OwnerWire)));
            writing?.TrySetException(new IOException("The simulated connection was aborted."));
            session.OnLeft();
        }

        base.Dispose(disposing);
    }

    private int Take(Span<byte> room)
    {
        if (_arrived.Count == 0)
        {
            return 0;
        }

        var next = _arrived.Peek().AsSpan(_taken);
        var count = Math.Min(next.Length, room.Length);
        next[..count].CopyTo(room);
        _taken += count;
        if (count == next.Length)
        {
            _arrived.Dequeue();
            _taken = 0;
        }

        return count;
    }
}
