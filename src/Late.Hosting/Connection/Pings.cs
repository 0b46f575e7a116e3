using System.Buffers.Binary;
using Late.Hosting.Transport;

namespace Late.Hosting.Connection;

/// <summary>The pings of one session: numbered, so that each pong finds the ping that it answers (RFC 6455 §5.5.3).</summary>
internal sealed class Pings
{
    // A connection mostly has one ping or none under way; a table of many would be among the largest things that it holds.
    private readonly List<Ping> _sent = new(capacity: 1);
    private readonly WebSocketConnection _socket;
    private readonly ConnectionCore _connection;
    private ConnectionFailure? _failure;
    private long _last;
    private long _lastOfKeepAlive;

    public Pings(WebSocketConnection socket, ConnectionCore connection)
    {
        (_socket, _connection) = (socket, connection);
        socket.OnPong = OnPong;
    }

    /// <summary>Sends a ping and waits for its pong.</summary>
    public Task<TimeSpan> SendAsync(CancellationToken cancellationToken)
    {
        var pong = new TaskCompletionSource<TimeSpan>(TaskCreationOptions.RunContinuationsAsynchronously);
        var number = Send(pong);
        if (Volatile.Read(ref _failure) is { } failure)
        {
            Fail(failure);
        }

        return WaitAsync(pong.Task, number, cancellationToken);
    }

    /// <summary>Sends a ping of the keep-alive; any bytes are answer enough, and its pong gives the round trip.</summary>
    public void SendForKeepAlive()
    {
        // A server that sends and never answers pings leaves one behind, not one for each silence.
        TryRemove(_lastOfKeepAlive, out _);
        _lastOfKeepAlive = Send(null);
    }

    /// <summary>The session has ended.</summary>
    public void Fail(ConnectionFailure failure)
    {
        Volatile.Write(ref _failure, failure);
        Ping[] left;
        lock (_sent)
        {
            left = [.. _sent];
            _sent.Clear();
        }

        foreach (var ping in left)
        {
            ping.Pong?.TrySetException(failure.ToException(_connection.Name, LateDelivery.Unknown));
        }
    }

    private long Send(TaskCompletionSource<TimeSpan>? pong)
    {
        var number = Interlocked.Increment(ref _last);
        lock (_sent)
        {
            _sent.Add(new Ping(number, _connection.Time.GetTimestamp(), pong));
        }

        Span<byte> payload = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(payload, number);
        _socket.Ping(payload);
        return number;
    }

    private async Task<TimeSpan> WaitAsync(Task<TimeSpan> pong, long number, CancellationToken cancellationToken)
    {
        try
        {
            return await pong.WaitAsync(_connection.Options.KeepAliveTimeout, _connection.Time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw new LateCallTimeoutException(
                _connection.Name, $"The server of connection '{_connection.Name}' did not answer a ping within KeepAliveTimeout.", LateDelivery.Unknown);
        }
        finally
        {
            TryRemove(number, out _);
        }
    }

    private bool TryRemove(long number, out Ping ping)
    {
        lock (_sent)
        {
            var index = _sent.FindIndex(sent => sent.Number == number);
            ping = index < 0 ? default : _sent[index];
            if (index >= 0)
            {
                _sent.RemoveAt(index);
            }

            return index >= 0;
        }
    }

    private void OnPong(ReadOnlySpan<byte> payload)
    {
        // A pong that answers no ping of ours is allowed, and says nothing.
        if (payload.Length != sizeof(long) || !TryRemove(BinaryPrimitives.ReadInt64BigEndian(payload), out var ping))
        {
            return;
        }

        var roundTrip = _connection.Time.GetElapsedTime(ping.SentAt);
        _connection.Statistics.RoundTrip = roundTrip;
        _connection.Telemetry.PingAnswered(roundTrip);
        ping.Pong?.TrySetResult(roundTrip);
    }

    private readonly record struct Ping(long Number, long SentAt, TaskCompletionSource<TimeSpan>? Pong);
}
