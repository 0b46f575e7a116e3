using System.Runtime.InteropServices;
using Late.Hosting.Connection.Lifecycle;
using Late.Hosting.Connection.Sessions;
using Late.Hosting.Locking;
using Late.Hosting.Ownership;
using Late.Hosting.Transport;

namespace Late.Hosting.Connection.Sending;

/// <summary>
/// Where frames leave a session: those that the send limit lets pass gather in the socket's buffer and go in one flush.
/// Senders are notified when theirs are written, or that they may not be.
/// </summary>
internal sealed class SessionOutput(Session session, ConnectionContext connection, WebSocketConnection socket) : IDisposable
{
    // A burst of frames ends long before it, unless its callbacks block.
    private static readonly TimeSpan s_longestBurst = TimeSpan.FromMilliseconds(1);

    private readonly Gate _gate = new();
    private readonly List<Sent> _unwritten = [];
    private long _flushedAt;
    private ITimer? _clock;
    private SendQueue? _queue;
    private bool _isOpen = true;
    private bool _isComplete;
    private bool _isGoodbye;
    private long _goodbyeEnd;

    /// <summary>How much may be sent, and when.</summary>
    public LateSendLimitOptions Limit => connection.Options.SendLimit;

    /// <summary>True until our close frame: also what is done with the server's last messages is sent (RFC 6455 §5.5.1).</summary>
    public bool CanWrite => _isOpen && !_isComplete && session.Ending is not { CanWrite: false };

    /// <summary>True where a flush has something to do: bytes to write, or senders to notify that theirs are written.</summary>
    /// <remarks>What is left of a write that failed, and what was appended after it, is never written.</remarks>
    public bool HasUnflushed => (_isOpen && socket.UnflushedBytes > 0) || _unwritten.Count > 0;

    /// <summary>True when so much is to be written that it should not wait for more.</summary>
    /// <remarks>With a send limit nothing waits: what leaves later than it was counted would leave too close to what follows.</remarks>
    public bool ShouldFlush => _isOpen && socket.UnflushedBytes >= (_queue is null ? 64 * 1024 : 1);

    /// <summary>True where there is something to flush, and the last flush is so long ago that it should not wait for the end of a burst.</summary>
    public bool IsFlushLate => HasUnflushed && connection.Time.GetElapsedTime(_flushedAt) >= s_longestBurst;

    /// <summary>True where frames wait for the send limit.</summary>
    public bool HasWaiting => _queue is { Count: > 0 };

    /// <summary>True where so many wait that no more may come (promise P8).</summary>
    public bool IsFull => _queue is { } queue && queue.Count >= Limit.QueueLimit;

    /// <summary>True while frames of <c>HandleConnect</c> wait.</summary>
    public bool IsConnecting { get; private set; }

    /// <summary>True where frames of the goodbye could not be written, because the server does not read.</summary>
    public bool HasBlockedGoodbye => _goodbyeEnd > socket.WrittenBytes && session.Ending is { CanWrite: true, ServerClose: null };

    /// <summary>Writes the frames of a result: one, or those of a list; <paramref name="sender"/> is notified when all are written.</summary>
    public void WriteResult(in LateFrame frame, IReadOnlyList<LateFrame>? frames, SendItem? sender = null)
    {
        if (frame.Kind != default)
        {
            Write(new ReadOnlySpan<LateFrame>(in frame), sender);
        }
        else if (ResultFrames.TryGetSpan(frames, out var span))
        {
            Write(span, sender);
        }
        else
        {
            for (var i = 0; i < frames!.Count; i++)
            {
                var one = frames[i];
                Write(new ReadOnlySpan<LateFrame>(in one), i == frames.Count - 1 ? sender : null);
            }
        }
    }

    /// <summary>Copies frames into the write buffer, or where they have to wait, elsewhere; <paramref name="sender"/> is notified when they are written.</summary>
    public void Write(ReadOnlySpan<LateFrame> frames, SendItem? sender = null)
    {
        if (_queue is null && !Limit.IsSet)
        {
            Append(frames, sender);
            return;
        }

        _queue ??= new SendQueue(connection);
        for (var i = 0; i < frames.Length; i++)
        {
            var notified = i == frames.Length - 1 ? sender : null;
            if (_isGoodbye)
            {
                _queue.Pass(frames[i]);
                Append(frames.Slice(i, 1), notified);
            }
            else if (!CanWrite || _queue.PassOrWait(frames[i], notified))
            {
                Append(frames.Slice(i, 1), notified);
            }
        }
    }

    /// <summary>The frames of <c>HandleConnect</c> are given: those that wait hold the session's being ready.</summary>
    public void EndConnect() => IsConnecting = _queue?.MarkLast() ?? false;

    /// <summary>What waits for the send limit is not sent; the frames of the goodbye pass it.</summary>
    public void BeginGoodbye()
    {
        _isGoodbye = true;
        _queue?.Clear(ConnectionFailure.Disconnected(session.PendingEnd!));
    }

    /// <summary>Frames keep to the send limit again.</summary>
    public void EndGoodbye() => _isGoodbye = false;

    /// <summary>Takes what may be sent now out of what waits for the send limit.</summary>
    /// <returns>True where there was something.</returns>
    public bool SendDue()
    {
        var isDue = false;
        while (_queue is not null && _isOpen && session.Ending is null && _queue.TryTake(out var waiting))
        {
            var frame = waiting.Frame;
            Append(new ReadOnlySpan<LateFrame>(in frame), waiting.Sender);
            IsConnecting &= !waiting.IsLastOfConnect;
            isDue = true;
        }

        return isDue;
    }

    /// <summary>Sends what is due while a callback runs, which may take long.</summary>
    public async Task SendWhileAsync(Task callback)
    {
        while (HasWaiting && session.Ending is null && !callback.IsCompleted)
        {
            await Task.WhenAny(callback, _queue!.WaitAsync()).ConfigureAwait(false);
            SendDue();
            await FlushAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Writes the buffer to the socket, within <see cref="LateConnectionOptions.SendTimeout"/>.</summary>
    public ValueTask FlushAsync()
    {
        _flushedAt = connection.Time.GetTimestamp();
        var writing = _isOpen ? socket.FlushAsync() : default;
        if (!writing.IsCompletedSuccessfully)
        {
            return AwaitAsync(writing);
        }

        writing.GetAwaiter().GetResult();
        _queue?.Written();
        NotifySenders();
        return default;
    }

    /// <summary>The options were reloaded: the send limit may let pass what waits for it.</summary>
    public void OnSettingsChanged() => _queue?.NotifyDue();

    /// <summary>Nothing is written any more.</summary>
    public void Shut() => _isOpen = false;

    /// <summary>Our close frame is next: what is appended is still written, and no frame follows it.</summary>
    public void Complete() => _isComplete = true;

    /// <summary>The session is over: every waiter is notified.</summary>
    public void End(ConnectionFailure failure)
    {
        NotifySenders();
        _queue?.End(failure);
    }

    public void Dispose()
    {
        _clock?.Dispose();
        _queue?.Dispose();
    }

    private void Append(ReadOnlySpan<LateFrame> frames, SendItem? sender)
    {
        if (!CanWrite)
        {
            connection.Log.FramesNotSent(connection.Name, frames.Length);
            sender?.Refuse(ConnectionFailure.Disconnected(session.Ending!));
            return;
        }

        var end = socket.Append(frames);
        _goodbyeEnd = _isGoodbye ? end : _goodbyeEnd;
        connection.Statistics.CountSent(frames.Length);
        if (sender is not null)
        {
            using (_gate.Enter())
            {
                _unwritten.Add(new Sent(sender, end));
            }

            if (!_isOpen)
            {
                NotifySenders();
            }
        }
    }

    /// <summary>Notifies the senders of frames that they are written, or that they may not be. An abandoned flush may complete concurrently.</summary>
    private void NotifySenders()
    {
        Sent[] notified;
        long written;
        using (_gate.Enter())
        {
            if (_unwritten.Count == 0)
            {
                return;
            }

            // They are written in order; what is not yet will be, unless nothing is written any more.
            written = socket.WrittenBytes;
            var count = _isOpen ? 0 : _unwritten.Count;
            while (count < _unwritten.Count && _unwritten[count].End <= written)
            {
                count++;
            }

            notified = CollectionsMarshal.AsSpan(_unwritten)[..count].ToArray();
            _unwritten.RemoveRange(0, count);
        }

        foreach (var (sender, end) in notified)
        {
            if (end <= written)
            {
                // Promise P6: a success, whatever has ended the session meanwhile.
                sender.Written();
            }
            else if (end <= socket.BegunBytes)
            {
                sender.Lost(ConnectionFailure.Disconnected(session.Ending!));
            }
            else
            {
                sender.Refuse(ConnectionFailure.Disconnected(session.Ending!));
            }
        }
    }

    private async ValueTask AwaitAsync(ValueTask writing)
    {
        try
        {
            _clock ??= connection.Time.CreateTimer(static output => ((SessionOutput)output!).OnTimeout(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            _clock.Change(connection.Options.SendTimeout, Timeout.InfiniteTimeSpan);
            await writing.ConfigureAwait(false);
            _clock.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
        catch (Exception exception)
        {
            if (WriteRefusedException.IsCauseOf(exception))
            {
                connection.Tenure?.OnWriteRefused();
            }

            session.End(SessionEnd.Lost("A write failed.", exception));
            _isOpen = false;
        }

        // Also of a write that failed, the server may have the most.
        _queue?.Written();
        NotifySenders();
    }

    private void OnTimeout()
    {
        session.End(SessionEnd.TimedOut(LateDisconnectReason.SendTimeout, $"A write took longer than SendTimeout ({connection.Options.SendTimeout}).", null));
        socket.Abort();
    }

    /// <summary>A frame that is in the write buffer or was, and the socket's position behind it.</summary>
    private readonly record struct Sent(SendItem Sender, long End);
}
