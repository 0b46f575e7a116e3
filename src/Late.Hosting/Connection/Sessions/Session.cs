using System.Diagnostics;
using Late.Hosting.Connection.Callbacks;
using Late.Hosting.Connection.Calls;
using Late.Hosting.Connection.Lifecycle;
using Late.Hosting.Connection.Sending;
using Late.Hosting.Transport;

namespace Late.Hosting.Connection.Sessions;

/// <summary>
/// One socket's life: makes and runs a reader that fills the mailbox, the runner that empties it, and the close handshake at the
/// end. What belongs to the session ends with it; the lifecycle keeps its phase.
/// </summary>
internal sealed class Session : SessionLife, IDisposable
{
    private readonly ConnectionContext _connection;
    private readonly WebSocketConnection _socket;
    private readonly LateConnectionOptions _options;
    private readonly ITimer _readyClock;
    private readonly long _openedAt;
    private ITimer? _drainClock;
    private KeepAlive? _keepAlive;

    public Session(ConnectionContext connection, WebSocketConnection socket, LateConnectionOptions options)
    {
        (_connection, _socket, _options) = (connection, socket, options);
        _openedAt = connection.Time.GetTimestamp();
        DelayedPosts = new DelayedPosts(this, connection);
        Pings = new Pings(this, socket, connection);
        socket.Statistics = connection.Statistics;
        Output = new SessionOutput(this, connection, socket);
        Calls = new SessionCalls(this);
        _readyClock = connection.Time.CreateTimer(static session => ((Session)session!).OnReadyTimeout(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public LateHandshake Handshake => _socket.Handshake;

    /// <summary>The address of the options that it leads to; null where it leads to another one.</summary>
    public Uri? ConfiguredAddress => _socket.ConfiguredAddress;

    /// <summary>The span of the attempt that opened it; empty where tracing is off.</summary>
    public ActivityContext AttemptContext { get; init; }

    public DelayedPosts DelayedPosts { get; }

    public Pings Pings { get; }

    /// <summary>Where frames leave.</summary>
    public SessionOutput Output { get; }

    /// <summary>The calls that the handler has.</summary>
    public SessionCalls Calls { get; }

    /// <summary>True when no further callback may begin, whatever is left in the mailbox.</summary>
    public bool IsOver => Ending is { HandlesRest: false };

    /// <summary>True where the session is ready as soon as what it has to write is written.</summary>
    public bool IsReleasing => Phase == SessionPhase.Releasing;

    /// <summary>Runs the session to its end.</summary>
    /// <param name="runner">Runs the callbacks.</param>
    /// <param name="abandoned">Canceled when a callback that does not end is no longer waited for.</param>
    public async Task<SessionEnd> RunAsync(Runner runner, CancellationToken abandoned)
    {
        using var scope = _connection.Log.BeginSession(Number);
        _readyClock.Change(_options.ReadyTimeout, Timeout.InfiniteTimeSpan);
        using var keepAlive = _keepAlive = new KeepAlive(this, _socket, _connection);
        var running = Task.Run(() => runner.RunAsync(this), CancellationToken.None);

        // On a thread of its own too: reads that complete synchronously, one after the other, do not delay the work here.
        var reading = Task.Run(new SessionInput(this, _connection, _socket, keepAlive).ReadAsync, CancellationToken.None);
        var isAbandoned = false;
        try
        {
            await running.WaitAsync(abandoned).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (abandoned.IsCancellationRequested && !running.IsCompleted)
        {
            isAbandoned = true;
            _connection.Effects.Run(_connection.Lifecycle.Abandon(this));
            _socket.Abort();
            _connection.Log.CallbackAbandoned(_connection.Name, runner.Callback.Name ?? "A callback");
        }
        catch (Exception exception)
        {
            End(SessionEnd.Lost($"The session failed with {exception.GetType().Name}. This is a bug of Late.Hosting.", exception));
        }

        var end = Ending!;
        if (end.CountsAsFailed)
        {
            _socket.SetFailed();
        }

        await new CloseHandshake(_connection, _socket, Output).RunAsync(end, reading, abandoned).ConfigureAwait(false);
        Leave(end);
        if (!isAbandoned && reading.IsCompleted)
        {
            await _socket.DisposeAsync().ConfigureAwait(false);
        }

        _connection.Telemetry.SessionEnded(_connection.Time.GetElapsedTime(_openedAt), end.Reason);
        return end;
    }

    /// <summary>The options were reloaded: what waits for a clock looks at them.</summary>
    public void OnSettingsChanged()
    {
        Volatile.Read(ref _keepAlive)?.OnSettingsChanged();
        Output.OnSettingsChanged();
    }

    /// <summary>Ends it because the connection is stopped.</summary>
    public void EndByStop() => End(_connection.Lifecycle.StopEnd);

    /// <summary>Ends the session; the first reason counts. From here on it takes no work from outside.</summary>
    /// <returns>False where it had ended already.</returns>
    public bool End(SessionEnd end) => _connection.Effects.Run(_connection.Lifecycle.End(this, end));

    public override void OnEnded() => DelayedPosts.Stop();

    /// <summary>
    /// Ends the session when the handler has handled what it has been given and replied to its calls, or after
    /// <see cref="LateConnectionOptions.CallTimeout"/>. Until then it takes no more work from outside.
    /// </summary>
    public void Drain(SessionEnd end)
    {
        if (!_connection.Effects.Run(_connection.Lifecycle.Drain(this, end)))
        {
            return;
        }

        var clock = _drainClock = _connection.Time.CreateTimer(static session => ((Session)session!).EndDrained(), this, _connection.Options.CallTimeout, Timeout.InfiniteTimeSpan);
        if (Ending is not null)
        {
            // It may have been disposed before the clock was there.
            clock.Dispose();
        }
    }

    /// <summary>Nothing is left in the mailbox: a session that drains ends, where no call waits for its reply.</summary>
    public void OnIdle()
    {
        if (PendingEnd is not null && Calls.IsEmpty && !Output.HasWaiting)
        {
            EndDrained();
        }
    }

    /// <summary><c>HandleConnect</c> has completed.</summary>
    public void HandlerConnected(bool holds) => _connection.Effects.Run(_connection.Lifecycle.HandlerConnected(this, holds));

    /// <summary>A result releases the calls that <c>HandleConnect</c> holds back.</summary>
    public void Release() => _connection.Effects.Run(_connection.Lifecycle.Release(this));

    /// <summary>Takes calls: what a session that <see cref="IsReleasing"/> had to write is written.</summary>
    public void FramesWritten() => _connection.Effects.Run(_connection.Lifecycle.FramesWritten(this));

    /// <summary>A call of the handler's has ended: a session that drains may have waited for it.</summary>
    public void OnCallEnded()
    {
        if (PendingEnd is not null)
        {
            _connection.Mailbox.Wake();
        }
    }

    public void Dispose()
    {
        _readyClock.Dispose();
        Output.Dispose();
        _drainClock?.Dispose();
    }

    private void EndDrained() => End(PendingEnd!);

    private void Leave(SessionEnd end)
    {
        var failure = ConnectionFailure.Disconnected(end);
        Output.End(failure);
        _connection.Effects.Run(_connection.Lifecycle.Leave(this, failure));
        _connection.Mailbox.Clear();
        Pings.Fail(failure);
        Calls.Fail(end.Next == NextStep.Stop ? ConnectionFailure.Stopped : failure);
    }

    private void OnReadyTimeout()
    {
        if (Output.IsConnecting && !WasReady)
        {
            // It is the send limit that they wait for, and not the server.
            _readyClock.Change(_options.ReadyTimeout, Timeout.InfiniteTimeSpan);
            return;
        }

        _connection.Effects.Run(_connection.Lifecycle.EndUnlessReady(this, SessionEnd.TimedOut(
            LateDisconnectReason.ReadyTimeout, $"The session was not ready within ReadyTimeout ({_options.ReadyTimeout}).", LateCloseCode.NormalClosure)));
    }
}
