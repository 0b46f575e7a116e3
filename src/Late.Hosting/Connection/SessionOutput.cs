using Late.Hosting.Transport;

namespace Late.Hosting.Connection;

/// <summary>
/// Where frames leave a session: they gather in the socket's buffer and go in one flush. Senders are told when theirs are
/// written, or that they may not be.
/// </summary>
internal sealed class SessionOutput : IDisposable
{
    private readonly Session _session;
    private readonly ConnectionCore _connection;
    private readonly WebSocketConnection _socket;
    private readonly List<SendItem> _unwritten = [];
    private readonly ITimer _clock;
    private bool _isOpen = true;

    public SessionOutput(Session session, ConnectionCore connection, WebSocketConnection socket)
    {
        (_session, _connection, _socket) = (session, connection, socket);
        _clock = connection.Time.CreateTimer(static output => ((SessionOutput)output!).OnTimeout(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>True until our close frame: also what is done with the server's last messages is sent (RFC 6455 §5.5.1).</summary>
    public bool CanWrite => _isOpen && _session.Ending is not { CanWrite: false };

    /// <summary>True where a flush has something to do: bytes to write, or senders to tell that theirs are written.</summary>
    /// <remarks>What is left of a write that failed, and what was appended after it, is never written.</remarks>
    public bool HasUnflushed => (_isOpen && _socket.UnflushedBytes > 0) || _unwritten.Count > 0;

    /// <summary>True when so much is to be written that it should not wait for more.</summary>
    public bool ShouldFlush => _isOpen && _socket.UnflushedBytes >= 64 * 1024;

    /// <summary>Copies frames into the write buffer; <paramref name="sender"/> is told when they are written.</summary>
    public void Write(ReadOnlySpan<LateFrame> frames, SendItem? sender = null)
    {
        if (sender is not null)
        {
            lock (_unwritten)
            {
                _unwritten.Add(sender);
            }
        }

        if (CanWrite)
        {
            _socket.Append(frames);
            _connection.Statistics.CountSent(frames.Length);
        }
        else
        {
            _connection.Log.FramesNotSent(_connection.Name, frames.Length);
        }
    }

    /// <summary>Writes the buffer to the socket, within <see cref="LateConnectionOptions.SendTimeout"/>.</summary>
    public ValueTask FlushAsync()
    {
        var writing = _isOpen ? _socket.FlushAsync() : default;
        if (!writing.IsCompletedSuccessfully)
        {
            return AwaitAsync(writing);
        }

        writing.GetAwaiter().GetResult();
        TellSenders();
        return default;
    }

    /// <summary>Nothing is written any more.</summary>
    public void Shut() => _isOpen = false;

    /// <summary>Tells the senders of frames that they are written, or that they may not be. A flush that was given up may still end beside us.</summary>
    public void TellSenders()
    {
        SendItem[] senders;
        lock (_unwritten)
        {
            if (_unwritten.Count == 0)
            {
                return;
            }

            senders = [.. _unwritten];
            _unwritten.Clear();
        }

        foreach (var sender in senders)
        {
            if (CanWrite)
            {
                sender.Written();
            }
            else
            {
                sender.Lost(ConnectionFailure.Disconnected(_session.Ending!.Disconnect));
            }
        }
    }

    public void Dispose() => _clock.Dispose();

    private async ValueTask AwaitAsync(ValueTask writing)
    {
        try
        {
            _clock.Change(_connection.Options.SendTimeout, Timeout.InfiniteTimeSpan);
            await writing.ConfigureAwait(false);
            _clock.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
        catch (Exception exception)
        {
            _isOpen = false;
            _session.End(SessionEnd.Lost("A write failed.", exception));
        }

        TellSenders();
    }

    private void OnTimeout()
    {
        _session.End(SessionEnd.TimedOut(LateDisconnectReason.SendTimeout, $"A write took longer than SendTimeout ({_connection.Options.SendTimeout}).", null));
        _socket.Abort();
    }
}
