using System.Buffers.Binary;
using Late.Hosting.Connection.Lifecycle;
using Late.Hosting.Locking;
using Late.Hosting.Transport;

namespace Late.Hosting.Connection.Sessions;

/// <summary>
/// The pings of one session: numbered, so that each pong finds the ping that it answers. It acknowledges the earlier ones
/// too: a server with several unanswered pings may answer only the last (RFC 6455 §5.5.3).
/// </summary>
internal sealed class Pings
{
    private readonly Gate _gate = new();

    // By their numbers. A connection mostly has one ping or none in progress; a table of many would be among the largest things that it holds.
    private readonly List<Ping> _sent = new(capacity: 1);
    private readonly Session _session;
    private readonly WebSocketConnection _socket;
    private readonly ConnectionContext _connection;
    private ConnectionFailure? _failure;
    private long _lastAnswered;
    private Ping _lastOfKeepAlive;

    public Pings(Session session, WebSocketConnection socket, ConnectionContext connection)
    {
        (_session, _socket, _connection) = (session, socket, connection);
        socket.OnPong = OnPong;
    }

    /// <summary>False where the last ping of the keep-alive could not be written: the server cannot have answered it.</summary>
    public bool IsKeepAliveWritten => IsWritten(_lastOfKeepAlive);

    /// <summary>Sends a ping and waits for its pong.</summary>
    public Task<TimeSpan> SendAsync(CancellationToken cancellationToken)
    {
        var pong = new TaskCompletionSource<TimeSpan>(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!TrySend(pong, out var ping))
        {
            return Task.FromException<TimeSpan>(ConnectionFailure.NotReady(_connection.Lifecycle, "To wait for a session, await WaitForReadyAsync first.").ToException(_connection.Name, LateDelivery.NotDelivered));
        }

        if (Volatile.Read(ref _failure) is { } failure)
        {
            Fail(failure);
        }

        return WaitAsync(pong.Task, ping, cancellationToken);
    }

    /// <summary>Sends a ping of the keep-alive; any bytes are answer enough, and its pong gives the round trip.</summary>
    public void SendForKeepAlive()
    {
        // A server that sends and never answers pings leaves one behind, not one for each silence.
        Remove(_lastOfKeepAlive);
        TrySend(null, out _lastOfKeepAlive);
    }

    /// <summary>The session has ended.</summary>
    public void Fail(ConnectionFailure failure)
    {
        Volatile.Write(ref _failure, failure);
        Ping[] left;
        using (_gate.Enter())
        {
            left = [.. _sent];
            _sent.Clear();
        }

        foreach (var ping in left)
        {
            ping.Pong?.TrySetException(failure.ToException(_connection.Name, LateDelivery.Unknown));
        }
    }

    private bool TrySend(TaskCompletionSource<TimeSpan>? pong, out Ping ping)
    {
        var now = _connection.Time.GetTimestamp();
        if (_socket.AppendPing() is not { } appended)
        {
            ping = default;
            return false;
        }

        ping = new Ping(appended.Number, now, appended.End, pong);
        long answered;
        using (_gate.Enter())
        {
            answered = _lastAnswered;
            if (ping.Number > answered)
            {
                _sent.Insert(_sent.FindLastIndex(sent => sent.Number < appended.Number) + 1, ping);
            }
        }

        if (ping.Number <= answered)
        {
            // Another write has taken it along, and its pong has come.
            SetAnswered(ping, answered);
        }

        _ = FlushAsync();
        return true;
    }

    private async Task FlushAsync()
    {
        try
        {
            await _socket.FlushAsync().ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            // Nothing else may be written for long, and the server is not to blame for an answer that does not come.
            _session.End(SessionEnd.Lost("A write failed.", exception));
        }
    }

    private async Task<TimeSpan> WaitAsync(Task<TimeSpan> pong, Ping ping, CancellationToken cancellationToken)
    {
        try
        {
            return await pong.WaitAsync(_connection.Options.KeepAliveTimeout, _connection.Time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw new LateCallTimeoutException(
                _connection.Name,
                IsWritten(ping)
                    ? $"The server of connection '{_connection.Name}' did not answer a ping within KeepAliveTimeout. Ping again, or raise KeepAliveTimeout."
                    : $"A ping of connection '{_connection.Name}' could not be written within KeepAliveTimeout: the frames before it are still being written. Ping again later, or raise KeepAliveTimeout.")
            {
                Delivery = LateDelivery.Unknown,
            };
        }
        finally
        {
            Remove(ping);
        }
    }

    private bool IsWritten(Ping ping) => ping.End <= _socket.WrittenBytes;

    private void Remove(Ping ping)
    {
        using (_gate.Enter())
        {
            _sent.Remove(ping);
        }
    }

    private void OnPong(ReadOnlySpan<byte> payload)
    {
        if (payload.Length != sizeof(long))
        {
            // A pong that answers no ping of ours is allowed, and has no effect (§5.5.3).
            return;
        }

        var number = BinaryPrimitives.ReadInt64BigEndian(payload);
        if (number > _socket.Pings)
        {
            return;
        }

        Ping[] answered;
        using (_gate.Enter())
        {
            _lastAnswered = Math.Max(_lastAnswered, number);
            answered = [.. _sent.TakeWhile(sent => sent.Number <= number)];
            _sent.RemoveRange(0, answered.Length);
        }

        foreach (var ping in answered)
        {
            SetAnswered(ping, number);
        }
    }

    /// <param name="ping">The ping.</param>
    /// <param name="number">That of the pong: it answers the earlier pings too, and measures its own.</param>
    private void SetAnswered(in Ping ping, long number)
    {
        var roundTrip = _connection.Time.GetElapsedTime(ping.SentAt);
        if (ping.Number == number)
        {
            _connection.Statistics.RoundTrip = roundTrip;
            _connection.Telemetry.PingAnswered(roundTrip);
        }

        ping.Pong?.TrySetResult(roundTrip);
    }

    /// <param name="Number">Its payload.</param>
    /// <param name="SentAt">When it was sent, as a timestamp of the connection's clock.</param>
    /// <param name="End">The socket's position behind it.</param>
    /// <param name="Pong">Waits for the pong; null for a ping of the keep-alive.</param>
    private readonly record struct Ping(long Number, long SentAt, long End, TaskCompletionSource<TimeSpan>? Pong);
}
