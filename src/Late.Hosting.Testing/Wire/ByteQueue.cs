namespace Late.Hosting.Testing.Wire;

/// <summary>What the peer has sent and the client has not read: in order, without bound, and then perhaps an end.</summary>
internal sealed class ByteQueue(Changes changes)
{
    private readonly Lock _gate = new();
    private readonly Queue<byte> _bytes = new();
    private TaskCompletionSource? _arrival;
    private Func<Exception>? _failure;
    private bool _isEnded;
    private bool _isClosed;

    /// <summary>How many bytes have been sent and not read.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _isClosed ? 0 : _bytes.Count;
            }
        }
    }

    /// <summary>True when the client has read everything and waits for more, or reads no more.</summary>
    public bool IsRead
    {
        get
        {
            lock (_gate)
            {
                return _isClosed || _failure is not null || (_bytes.Count == 0 && (_arrival is not null || _isEnded));
            }
        }
    }

    /// <summary>Sends bytes; they go nowhere after an end.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            if (_isEnded || _isClosed || _failure is not null)
            {
                return;
            }

            foreach (var value in bytes)
            {
                _bytes.Enqueue(value);
            }
        }

        Wake();
    }

    /// <summary>Ends in good order: what was sent is read, then nothing.</summary>
    public void End() => Change(() => _isEnded = true);

    /// <summary>Breaks: what was sent is read, then reading fails.</summary>
    public void Break(Func<Exception> failure) => Change(() => _failure ??= failure);

    /// <summary>The client reads no more.</summary>
    public void Close() => Change(() => _isClosed = true);

    public async ValueTask<int> ReadAsync(Memory<byte> buffer)
    {
        while (true)
        {
            Task arrival;
            lock (_gate)
            {
                ObjectDisposedException.ThrowIf(_isClosed, this);
                if (_bytes.Count > 0)
                {
                    return Take(buffer.Span);
                }

                if (_failure is { } failure)
                {
                    throw failure();
                }

                if (_isEnded)
                {
                    return 0;
                }

                _arrival = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                arrival = _arrival.Task;
            }

            changes.Signal();
            await arrival.ConfigureAwait(false);
        }
    }

    private int Take(Span<byte> destination)
    {
        var count = Math.Min(destination.Length, _bytes.Count);
        for (var i = 0; i < count; i++)
        {
            destination[i] = _bytes.Dequeue();
        }

        return count;
    }

    private void Change(Action change)
    {
        lock (_gate)
        {
            change();
        }

        Wake();
        changes.Signal();
    }

    private void Wake()
    {
        TaskCompletionSource? arrival;
        lock (_gate)
        {
            (arrival, _arrival) = (_arrival, null);
        }

        arrival?.TrySetResult();
    }
}
