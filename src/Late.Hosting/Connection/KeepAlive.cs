using Late.Hosting.Transport;

namespace Late.Hosting.Connection;

/// <summary>
/// Notices a server that is gone (promise P11): pings after <see cref="LateConnectionOptions.KeepAliveInterval"/> of
/// silence, and ends the session where nothing comes within <see cref="LateConnectionOptions.KeepAliveTimeout"/> after it.
/// Time in which we do not read does not count.
/// </summary>
internal sealed class KeepAlive : IDisposable
{
    private readonly Session _session;
    private readonly WebSocketConnection _socket;
    private readonly ConnectionCore _connection;
    private readonly ITimer _clock;
    private long _countsFrom;
    private bool _isPaused;
    private long _pingedAt;

    public KeepAlive(Session session, WebSocketConnection socket, ConnectionCore connection)
    {
        (_session, _socket, _connection) = (session, socket, connection);
        _clock = connection.Time.CreateTimer(static clock => ((KeepAlive)clock!).Look(), this, connection.Options.KeepAliveInterval, Timeout.InfiniteTimeSpan);
    }

    /// <summary>We stop reading: the server cannot show that it is there.</summary>
    public void Pause() => Volatile.Write(ref _isPaused, true);

    /// <summary>We read again.</summary>
    public void Resume()
    {
        Volatile.Write(ref _countsFrom, _connection.Time.GetTimestamp());
        Volatile.Write(ref _isPaused, false);
    }

    public void Dispose() => _clock.Dispose();

    private void Look()
    {
        var (interval, timeout) = (_connection.Options.KeepAliveInterval, _connection.Options.KeepAliveTimeout);
        var from = Math.Max(_socket.LastReadAt, Volatile.Read(ref _countsFrom));
        var silence = Volatile.Read(ref _isPaused) ? TimeSpan.Zero : _connection.Time.GetElapsedTime(from);
        if (from >= _pingedAt)
        {
            // Whatever came since then is answer enough.
            _pingedAt = 0;
        }

        if (silence < interval)
        {
            LookAfter(interval - silence);
        }
        else if (_pingedAt == 0)
        {
            _pingedAt = Math.Max(from, _connection.Time.GetTimestamp());
            _session.Pings.SendForKeepAlive();

            // Not later than the next silence may begin to count.
            LookAfter(interval < timeout ? interval : timeout);
        }
        else if (silence < interval + timeout)
        {
            LookAfter(interval + timeout - silence);
        }
        else
        {
            _session.End(SessionEnd.TimedOut(
                LateDisconnectReason.KeepAliveTimeout, $"The server did not answer a ping within KeepAliveTimeout ({timeout}) after KeepAliveInterval ({interval}) of silence.", null));
            _socket.Abort();
        }
    }

    private void LookAfter(TimeSpan time) => _clock.Change(time, Timeout.InfiniteTimeSpan);
}
