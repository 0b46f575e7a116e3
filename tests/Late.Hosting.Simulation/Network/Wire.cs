using Late.Hosting.Simulation.Worlds;

namespace Late.Hosting.Simulation.Network;

/// <summary>
/// The client's end of a connection: a duplex stream in memory. Reads bring what has arrived, in pieces of any size; writes
/// wait where the server's window is full; both end when it breaks.
/// </summary>
internal sealed class Wire(Subject subject, LinkPlan plan, Action<ReadOnlyMemory<byte>> onAccepted, Action onDry, Action onWritten) : Stream
{
    private readonly Queue<byte[]> _arrived = new();
    private readonly List<long> _reads = [];
    private int _taken;
    private TaskCompletionSource<int>? _reading;
    private Memory<byte> _room;
    private TaskCompletionSource? _writing;
    private ReadOnlyMemory<byte> _unaccepted;
    private int _window = plan.Window;

    public bool IsDisposed { get; private set; }

    /// <summary>True when it broke or the server ended it.</summary>
    public bool IsOver => IsBroken || IsEnded;

    public bool IsBroken { get; private set; }

    public bool IsEnded { get; private set; }

    public long BytesRead { get; private set; }

    public int LargestRead { get; private set; }

    /// <summary>How far each read went, in bytes.</summary>
    public List<long> Reads => _reads;

    /// <summary>Since when a read waits for bytes that do not come; null where none waits.</summary>
    public TimeSpan? SilentSince { get; private set; }

    /// <summary>Since when a write waits for room that does not come; null where none waits.</summary>
    public TimeSpan? BlockedSince { get; private set; }

    /// <summary>When the last write began.</summary>
    public TimeSpan WriteBeganAt { get; private set; }

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>Bytes have come with the answer to the upgrade; the client takes them by itself.</summary>
    public void StartWith(byte[] early)
    {
        (BytesRead, LargestRead) = (early.Length, early.Length);
        _reads.Add(BytesRead);
    }

    /// <summary>What is to happen when the next bytes have reached the client.</summary>
    public Action? Arriving { private get; set; }

    /// <summary>Bytes from the server reach the client.</summary>
    public void Arrive(byte[] bytes)
    {
        if (IsDisposed || IsOver)
        {
            return;
        }

        (var arriving, Arriving) = (Arriving, null);
        arriving?.Invoke();

        _arrived.Enqueue(bytes);
        if (_reading is { } reading)
        {
            (_reading, SilentSince) = (null, null);
            reading.SetResult(Take(_room.Span));
        }
    }

    /// <summary>The server ends its side: an end of file behind what has arrived.</summary>
    public void End()
    {
        IsEnded = true;
        if (_reading is { } reading)
        {
            (_reading, SilentSince) = (null, null);
            reading.SetResult(0);
        }
    }

    /// <summary>The connection is reset.</summary>
    public void Break(bool losesArrived)
    {
        IsBroken = true;
        if (losesArrived)
        {
            _arrived.Clear();
            _taken = 0;
        }

        FailPending(static () => new IOException("The simulated connection was reset."));
    }

    /// <summary>The server has taken bytes: there is room for more.</summary>
    public void GiveRoom(int bytes)
    {
        _window += bytes;
        if (_writing is null)
        {
            return;
        }

        Accept();
        if (_unaccepted.IsEmpty && _writing is { } writing)
        {
            (_writing, BlockedSince) = (null, null);
            onWritten();
            writing.SetResult();
        }
    }

    // A read without a buffer waits until there is something to read.
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        subject.Verdict.Require(_reading is null, "P1", $"two concurrent reads of one connection");
        if (IsDisposed)
        {
            return ValueTask.FromException<int>(new ObjectDisposedException(nameof(Wire)));
        }

        if (_arrived.Count == 0 && !IsOver)
        {
            onDry();
        }

        if (_arrived.Count > 0)
        {
            var count = Take(buffer.Span);
            return subject.Dice.Chance(plan.SynchronousPercent) ? new ValueTask<int>(count) : new ValueTask<int>(LaterAsync(count));
        }

        if (IsBroken)
        {
            return ValueTask.FromException<int>(new IOException("The simulated connection was reset."));
        }

        if (IsEnded)
        {
            return new ValueTask<int>(0);
        }

        (_room, SilentSince) = (buffer, subject.Time.Elapsed);
        _reading = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        return new ValueTask<int>(_reading.Task);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        subject.Verdict.Require(_writing is null, "P4", $"two concurrent writes to one connection");
        if (IsDisposed || IsBroken)
        {
            return ValueTask.FromException(new IOException("The simulated connection is gone."));
        }

        // However quick a machine is, what it decides is not yet done.
        PassTime();
        WriteBeganAt = subject.Time.Elapsed;
        _unaccepted = buffer;
        Accept();
        PassTime();
        if (IsBroken)
        {
            onWritten();
            return ValueTask.FromException(new IOException("The simulated connection was reset."));
        }

        if (_unaccepted.IsEmpty)
        {
            onWritten();
            return subject.Dice.Chance(plan.SynchronousPercent) ? default : new ValueTask(LaterAsync(0));
        }

        BlockedSince = subject.Time.Elapsed;
        _writing = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return new ValueTask(_writing.Task);
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
            FailPending(static () => new ObjectDisposedException(nameof(Wire)));
        }

        base.Dispose(disposing);
    }

    // Where messages are limited by time.
    private void PassTime()
    {
        if (subject.SendLimit.IsSet)
        {
            subject.Time.PassOneTick();
        }
    }

    private static async Task<int> LaterAsync(int count)
    {
        await Task.Yield();
        return count;
    }

    private int Take(Span<byte> room)
    {
        var next = _arrived.Peek().AsSpan(_taken);
        var count = Math.Min(Math.Min(next.Length, room.Length), plan.MostBytesPerRead);
        next[..count].CopyTo(room);
        _taken += count;
        if (count == next.Length)
        {
            _arrived.Dequeue();
            _taken = 0;
        }

        BytesRead += count;
        _reads.Add(BytesRead);
        LargestRead = Math.Max(LargestRead, count);
        return count;
    }

    private void Accept()
    {
        var count = Math.Min(_window, _unaccepted.Length);
        if (count > 0)
        {
            var accepted = _unaccepted[..count];
            (_unaccepted, _window) = (_unaccepted[count..], _window - count);
            onAccepted(accepted);
        }
    }

    // What waited keeps its time, for checks that ask later whether it waited for too long.
    private void FailPending(Func<Exception> make)
    {
        var (reading, writing) = (_reading, _writing);
        (_reading, _writing) = (null, null);
        reading?.SetException(make());
        if (writing is not null)
        {
            onWritten();
        }

        writing?.SetException(make());
    }
}
