using System.Diagnostics;
using Late.Hosting.Connection.Callbacks;
using Late.Hosting.Connection.Calls;
using Late.Hosting.Connection.Lifecycle;
using Late.Hosting.Connection.Sending;
using Late.Hosting.Transport;

namespace Late.Hosting.Connection.Sessions;

/// <summary>
/// One socket's life: a reader that fills the mailbox, the runner that empties it, and the close handshake at the end.
/// What belongs to the session dies with it.
/// </summary>
internal sealed class Session : IDisposable
{
    // §7.1.1 leaves the end of TCP to the server. One that has had both close frames and does not is not worth an outage.
    private static readonly TimeSpan s_longestDrain = TimeSpan.FromSeconds(1);

    private readonly ConnectionContext _connection;
    private readonly WebSocketConnection _socket;
    private readonly LateConnectionOptions _options;
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _ended = new();
    private readonly ITimer _readyClock;
    private SessionEnd? _end;
    private readonly long _openedAt;
    private long _readyAt;
    private TimeSpan _readyFor;
    private SessionEnd? _drained;
    private bool _isLoggingReady;
    private bool _endIsLoggedLater;
    private ITimer? _drainClock;
    private KeepAlive? _keepAlive;

    public Session(ConnectionContext connection, WebSocketConnection socket, LateConnectionOptions options)
    {
        (_connection, _socket, _options) = (connection, socket, options);
        _openedAt = connection.Time.GetTimestamp();
        DelayedPosts = new DelayedPosts(this, connection);
        Pings = new Pings(this, socket, connection);
        Number = connection.Statistics.CountSession();
        socket.Statistics = connection.Statistics;
        connection.Mailbox.Open(this, options.MailboxCapacity, options.ReceiveBufferBytes);
        Output = new SessionOutput(this, connection, socket);
        Calls = new SessionCalls(this);
        _readyClock = connection.Time.CreateTimer(static session => ((Session)session!).OnReadyTimeout(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public LateHandshake Handshake => _socket.Handshake;

    /// <summary>Counts the sessions of the connection; the first is 1.</summary>
    public long Number { get; }

    /// <summary>The span of the attempt that opened it; empty where nobody traces.</summary>
    public ActivityContext AttemptContext { get; init; }

    public DelayedPosts DelayedPosts { get; }

    public Pings Pings { get; }

    /// <summary>Where frames leave.</summary>
    public SessionOutput Output { get; }

    /// <summary>The calls that the handler has.</summary>
    public SessionCalls Calls { get; }

    /// <summary>Cancelled when the session has ended.</summary>
    public CancellationToken Ended => _ended.Token;

    /// <summary>How the session ended; null while it has not.</summary>
    public SessionEnd? Ending => Volatile.Read(ref _end);

    /// <summary>True when no further callback may begin, whatever is left in the mailbox.</summary>
    public bool IsOver => Ending is { HandlesRest: false };

    public bool WasReady => _readyAt != 0;

    /// <summary>Runs the session to its end.</summary>
    /// <param name="runner">Runs the callbacks.</param>
    /// <param name="abandoned">Cancelled when a callback that does not end is no longer waited for.</param>
    public async Task<SessionEnd> RunAsync(Runner runner, CancellationToken abandoned)
    {
        using var scope = _connection.Log.BeginSession(Number);
        _readyClock.Change(_options.ReadyTimeout, Timeout.InfiniteTimeSpan);
        using var keepAlive = _keepAlive = new KeepAlive(this, _socket, _connection);
        var running = Task.Run(() => runner.RunAsync(this), CancellationToken.None);

        // On a thread of its own too: reads that complete synchronously, one after the other, keep nothing here from its turn.
        var reading = Task.Run(new SessionInput(this, _connection, _socket, keepAlive).ReadAsync, CancellationToken.None);
        var abandonedRunning = false;
        try
        {
            await running.WaitAsync(abandoned).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (abandoned.IsCancellationRequested && !running.IsCompleted)
        {
            abandonedRunning = true;
            EndByStop();
            _socket.Abort();
            _connection.Log.CallbackAbandoned(_connection.Name, runner.Callback.Name ?? "A callback");
        }
        catch (Exception exception)
        {
            End(SessionEnd.Lost($"The session failed with {exception.GetType().Name}. This is a bug of Late.Hosting.", exception));
        }

        SessionEnd end;
        lock (_gate)
        {
            // Whoever has ended it has told the connection's state by then: the next attempt goes on from it.
            end = _end!;
        }

        if (!WasReady && end is { Next: not NextStep.Stop, IsImmediate: false })
        {
            _socket.SetFailed();
        }

        await CloseAsync(end, reading, abandoned).ConfigureAwait(false);
        var failure = ConnectionFailure.Disconnected(end);
        Output.End(failure);
        _connection.Mailbox.Close(this, failure);
        Pings.Fail(failure);
        Calls.Fail(end.Next == NextStep.Stop ? ConnectionFailure.Stopped : failure);
        if (!abandonedRunning && reading.IsCompleted)
        {
            await _socket.DisposeAsync().ConfigureAwait(false);
        }

        _connection.Telemetry.SessionEnded(_connection.Time.GetElapsedTime(_openedAt), end.Reason);
        return end with { ReadyFor = WasReady ? _readyFor : null };
    }

    /// <summary>The options were reloaded: what waits for a clock looks at them.</summary>
    public void OnSettingsChanged()
    {
        Volatile.Read(ref _keepAlive)?.OnSettingsChanged();
        Output.OnSettingsChanged();
    }

    /// <summary>Ends it because the connection is stopped.</summary>
    public void EndByStop() => End(_connection.StopEnd);

    /// <summary>Ends the session; the first reason counts. From here on it takes no work from outside.</summary>
    /// <returns>False where it had ended already.</returns>
    public bool End(SessionEnd end) => End(end, unlessReady: false);

    private bool End(SessionEnd end, bool unlessReady)
    {
        bool isLoggedLater;
        lock (_gate)
        {
            if (_end is not null || (unlessReady && WasReady))
            {
                return false;
            }

            _end = end;
            _readyFor = WasReady ? _connection.Time.GetElapsedTime(_readyAt) : TimeSpan.Zero;

            // First the mailbox: whoever is told that the session has ended may call at once, and is not let in any more.
            _connection.Mailbox.Hold(this);
            if (end.Next != NextStep.Fault)
            {
                TellStatus(end);
            }

            isLoggedLater = _endIsLoggedLater = _isLoggingReady;
        }

        DelayedPosts.Stop();
        if (end.Next == NextStep.Fault)
        {
            TellStatus(end);
        }

        if (!end.IsExpected)
        {
            _connection.Statistics.AddError(end.Description);
        }

        // Before the log, which may take its time: calls of a session that has ended fail immediately.
        RefuseWork(end);
        if (!isLoggedLater)
        {
            LogEnd(end);
        }

        // Elsewhere: what listens to the token is the handler's code.
        _ = _ended.CancelAsync();
        _connection.Mailbox.Wake();
        return true;
    }

    /// <summary>
    /// Ends the session when the handler has handled what it has been given and replied to its calls, or after
    /// <see cref="LateConnectionOptions.CallTimeout"/>. Until then it takes no more work from outside.
    /// </summary>
    public void Drain(SessionEnd end)
    {
        lock (_gate)
        {
            if (_end is not null)
            {
                return;
            }

            _drained = end;
            _drainClock = _connection.Time.CreateTimer(static session => ((Session)session!).EndDrained(), this, _connection.Options.CallTimeout, Timeout.InfiniteTimeSpan);
        }

        _connection.Mailbox.Hold(this);
    }

    /// <summary>Nothing is left in the mailbox: a session that is drained ends, where no call waits for its reply.</summary>
    public void OnIdle()
    {
        if (Volatile.Read(ref _drained) is not null && Calls.IsEmpty && !Output.HasWaiting)
        {
            EndDrained();
        }
    }

    /// <summary>Takes calls: <c>HandleConnect</c> has run, and its frames are written.</summary>
    public void BecomeReady()
    {
        lock (_gate)
        {
            if (WasReady || _end is not null)
            {
                return;
            }

            _readyAt = Math.Max(1, _connection.Time.GetTimestamp());

            // First the mailbox: whoever is told that the connection is ready may call at once.
            _connection.Mailbox.SetReady(this);
            _connection.Status.TryMove(LateConnectionState.Ready, "The handler is ready for calls.");
            _isLoggingReady = true;
        }

        // Not under the lock: a log that takes its time holds up nobody who ends the session. The end is logged after this, here
        // where it comes meanwhile.
        _connection.Log.Ready(_connection.Name, Number);
        bool logsEnd;
        lock (_gate)
        {
            _isLoggingReady = false;
            logsEnd = _endIsLoggedLater;
        }

        if (logsEnd)
        {
            LogEnd(_end!);
        }
    }

    /// <summary>A call of the handler's has ended: a session that is drained may have waited for it.</summary>
    public void OnCallEnded()
    {
        if (Volatile.Read(ref _drained) is not null)
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

    private void EndDrained() => End(_drained!);

    private void LogEnd(SessionEnd end)
    {
        if (end.IsExpected)
        {
            _connection.Log.SessionEnded(_connection.Name, end.Description);
        }
        else
        {
            _connection.Log.SessionLost(_connection.Name, end.Description);
        }
    }

    private void RefuseWork(SessionEnd end)
    {
        switch (end.Next)
        {
            case NextStep.Stop:
                _connection.Mailbox.Shut(ConnectionFailure.Stopped);
                break;
            case NextStep.Fault:
                _connection.Mailbox.Shut(ConnectionFailure.Faulted(end.Description, end.Exception));
                break;
            default:
                _connection.Mailbox.CloseGate(this, ConnectionFailure.Disconnected(end));
                break;
        }
    }

    private void TellStatus(SessionEnd end)
    {
        var (description, exception) = (end.Description, end.Exception);
        switch (end.Next)
        {
            case NextStep.Stop:
                _connection.Status.TryStop(description, end.TerminateKind);
                break;
            case NextStep.Fault:
                _connection.TellFault(description, exception);
                break;
            default:
                _connection.Status.TryMove(LateConnectionState.Reconnecting, description, exception);
                break;
        }
    }

    /// <summary>Writes what is left, shakes hands (RFC 6455 §7.1.2), and aborts what does not end in time.</summary>
    private async Task CloseAsync(SessionEnd end, Task reading, CancellationToken abandoned)
    {
        // A stop that is no longer waited for leaves no time for a handshake.
        using var clock = new CancellationTokenSource(_connection.Options.CloseTimeout, _connection.Time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(clock.Token, abandoned);
        try
        {
            if (Output.CanWrite && !abandoned.IsCancellationRequested)
            {
                // §5.5.1: the server's close frame is answered with the code that it brought.
                await Output.FlushAsync().AsTask().WaitAsync(limit.Token).ConfigureAwait(false);
                await _socket.CloseOutputAsync(end.CloseCode, end.CloseReason).WaitAsync(limit.Token).ConfigureAwait(false);
                await reading.WaitAsync(end.HandlesRest ? s_longestDrain : Timeout.InfiniteTimeSpan, _connection.Time, limit.Token).ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or TimeoutException)
        {
            _connection.Log.CloseTimedOut(_connection.Name);
        }
        catch (Exception)
        {
            // The socket broke while it was being closed: it is closed.
        }

        // In this order: what is not being written then is never written.
        _socket.Abort();
        Output.Shut();

        // A stream of the user's own may go on with its read when it is disposed: its memory is left to it then.
        await reading.WaitAsync(s_longestDrain, _connection.Time, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private void OnReadyTimeout()
    {
        lock (_gate)
        {
            if (WasReady)
            {
                return;
            }

            if (Output.IsConnecting)
            {
                // It is the send limit that they wait for, and not the server.
                _readyClock.Change(_options.ReadyTimeout, Timeout.InfiniteTimeSpan);
                return;
            }
        }

        End(
            SessionEnd.TimedOut(LateDisconnectReason.ReadyTimeout, $"The session was not ready within ReadyTimeout ({_options.ReadyTimeout}).", LateCloseCode.NormalClosure),
            unlessReady: true);
    }
}
