using Late.Hosting.Connection.Lifecycle;
using Late.Hosting.Transport;

namespace Late.Hosting.Connection.Sessions;

/// <summary>
/// Notices a server that is gone (promise P11): pings after <see cref="LateConnectionOptions.KeepAliveInterval"/> of
/// silence, and ends the session where nothing comes within <see cref="LateConnectionOptions.KeepAliveTimeout"/> after it.
/// Time in which we do not read does not count. A connection that is never silent is pinged as often, for its round-trip
/// time only: what it receives shows that the server is there. Where no message comes for <see cref="LateConnectionOptions.DataTimeout"/>, it
/// closes the session.
/// </summary>
internal sealed class KeepAlive : IDisposable
{
    private readonly Session _session;
    private readonly WebSocketConnection _socket;
    private readonly ConnectionContext _connection;
    private readonly ITimer _clock;
    private long _readingSince;
    private bool _isPaused;
    private long _pingedAt;
    private long _lastPingAt;
    private long _lastMessageAt;

    public KeepAlive(Session session, WebSocketConnection socket, ConnectionContext connection)
    {
        (_session, _socket, _connection) = (session, socket, connection);
        _readingSince = _lastPingAt = connection.Time.GetTimestamp();
        _clock = connection.Time.CreateTimer(static clock => ((KeepAlive)clock!).Look(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Begins to look: when <see cref="OnSettingsChanged"/> may be called, so that no reload is seen late.</summary>
    public void Begin()
    {
        var options = _connection.Options;
        LookAfter(options.KeepAliveInterval);
        if (options != _connection.Options)
        {
            OnSettingsChanged();
        }
    }

    /// <summary>A read has brought messages.</summary>
    public void NoteMessages() => Volatile.Write(ref _lastMessageAt, _socket.LastReadAt);

    /// <summary>We stop reading: the server cannot show that it is there.</summary>
    public void Pause() => Volatile.Write(ref _isPaused, true);

    /// <summary>We read again.</summary>
    public void Resume()
    {
        Volatile.Write(ref _readingSince, _connection.Time.GetTimestamp());
        Volatile.Write(ref _isPaused, false);
    }

    /// <summary>The options were reloaded: the next check is due as they specify now.</summary>
    public void OnSettingsChanged() => LookAfter(TimeSpan.Zero);

    public void Dispose() => _clock.Dispose();

    private void Look()
    {
        if (UntilDataTimeout() is { } left && left <= TimeSpan.Zero)
        {
            _session.Close(SessionEnd.TimedOut(
                LateDisconnectReason.DataTimeout, $"No message came within DataTimeout ({_connection.Options.DataTimeout}).", LateCloseCode.NormalClosure));
        }

        var (interval, timeout) = (_connection.Options.KeepAliveInterval, _connection.Options.KeepAliveTimeout);
        var from = Math.Max(_socket.LastReadAt, Volatile.Read(ref _readingSince));
        var isPaused = Volatile.Read(ref _isPaused);
        var silence = isPaused ? TimeSpan.Zero : _connection.Time.GetElapsedTime(from);
        if (from >= _pingedAt)
        {
            // Whatever came since then is answer enough.
            _lastPingAt = _pingedAt == 0 ? _lastPingAt : from;
            _pingedAt = 0;
        }

        if (silence < interval)
        {
            var sincePing = _connection.Time.GetElapsedTime(_lastPingAt);
            if (sincePing >= interval)
            {
                // While we do not read, the pong would wait, and would not show the round trip.
                sincePing = TimeSpan.Zero;
                if (!isPaused)
                {
                    Ping();
                }
            }

            LookAfter(interval - (silence > sincePing ? silence : sincePing));
        }
        else if (_pingedAt == 0)
        {
            _pingedAt = Math.Max(from, _connection.Time.GetTimestamp());
            Ping();

            // Not later than the next silence may begin to count.
            LookAfter(interval < timeout ? interval : timeout);
        }
        else if (silence < interval + timeout)
        {
            LookAfter(interval + timeout - silence);
        }
        else
        {
            var what = _session.Pings.IsKeepAliveWritten ? "The server did not answer a ping" : "Nothing was received from the server, and a ping could not be written";
            _session.End(SessionEnd.TimedOut(
                LateDisconnectReason.KeepAliveTimeout, $"{what} within KeepAliveTimeout ({timeout}) after KeepAliveInterval ({interval}) of silence.", null));
            _socket.Abort();
        }
    }

    private void Ping()
    {
        _lastPingAt = _connection.Time.GetTimestamp();
        _session.Pings.SendForKeepAlive();
    }

    private void LookAfter(TimeSpan time)
    {
        var data = UntilDataTimeout() ?? time;
        var next = data < time ? data : time;

        // What was due while this was computed, or before a reload, is due now.
        _clock.Change(next > TimeSpan.Zero ? next : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    /// <summary>How long no message may come from now on; null where nothing limits it.</summary>
    private TimeSpan? UntilDataTimeout()
    {
        if (_connection.Options.DataTimeout is not { } timeout || _session.IsLeaving)
        {
            return null;
        }

        var from = Math.Max(Volatile.Read(ref _lastMessageAt), Volatile.Read(ref _readingSince));
        return Volatile.Read(ref _isPaused) ? timeout : timeout - _connection.Time.GetElapsedTime(from);
    }
}
