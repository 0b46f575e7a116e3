using Late.Hosting.Locking;
using Late.Hosting.WebSockets;

namespace Late.Hosting.Transport;

/// <summary>
/// What a connection that is not a session yet has read: its messages wait here, up to a limit. At the limit it stops reading, so that
/// TCP slows the server down.
/// </summary>
internal sealed class ReadAhead
{
    private readonly Gate _gate = new();
    private readonly Queue<FrameBatch?> _frames = [];
    private readonly TaskCompletionSource<bool> _hasMessage = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly WebSocketConnection _socket;
    private readonly long _maxBytes;
    private readonly Task _reading;
    private long _bytes;
    private bool _isTaken;
    private volatile bool _isAwaited;

    /// <summary>Begins to read.</summary>
    /// <param name="socket">The connection.</param>
    /// <param name="maxBytes">How many bytes of memory may hold what is read.</param>
    public ReadAhead(WebSocketConnection socket, long maxBytes)
    {
        (_socket, _maxBytes) = (socket, maxBytes);
        _reading = Task.Run(ReadAsync);
    }

    /// <summary>True when there is a message; false where the connection has ended before.</summary>
    public Task<bool> HasMessage => _hasMessage.Task;

    /// <summary>True when all of it is taken, and more is awaited.</summary>
    public bool IsAwaited => _isAwaited;

    /// <summary>Takes what was read, in order.</summary>
    /// <returns>What was read, null for the server's close frame; without it when all of it was taken.</returns>
    /// <exception cref="WebSocketReadException">The connection broke, or the server broke the protocol, behind what was read.</exception>
    public async ValueTask<(bool HasRead, FrameBatch? Frames)> TakeAsync()
    {
        using (_gate.Enter())
        {
            _isTaken = true;
            if (_frames.TryDequeue(out var frames))
            {
                return (true, frames);
            }

            _isAwaited = true;
        }

        // The read in progress is the last one here.
        await _reading.ConfigureAwait(false);
        using (_gate.Enter())
        {
            return _frames.TryDequeue(out var frames) ? (true, frames) : (false, null);
        }
    }

    /// <summary>Releases what was read, when the connection was aborted.</summary>
    public async Task DiscardAsync()
    {
        await _reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        using (_gate.Enter())
        {
            while (_frames.TryDequeue(out var frames))
            {
                frames?.Release();
            }
        }
    }

    private async Task ReadAsync()
    {
        try
        {
            while (Add(await _socket.ReceiveNextAsync().ConfigureAwait(false)))
            {
            }
        }
        finally
        {
            _hasMessage.TrySetResult(false);
        }
    }

    /// <summary>Adds what was read.</summary>
    /// <returns>Whether reading continues.</returns>
    private bool Add(FrameBatch? frames)
    {
        bool isFull;
        using (_gate.Enter())
        {
            _frames.Enqueue(frames);
            _bytes += frames?.HeldBytes ?? 0;
            isFull = _bytes >= _maxBytes;
            if (frames is null || _isTaken)
            {
                return false;
            }
        }

        _hasMessage.TrySetResult(true);
        if (isFull)
        {
            _socket.AnswerPing();
        }

        return !isFull;
    }
}
