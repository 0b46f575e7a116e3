using Late.Hosting.Configuration;
using Late.Hosting.Connection.Calls;
using Late.Hosting.Connection.Lifecycle;
using Late.Hosting.Connection.Mailboxes;
using Late.Hosting.Connection.Reconnecting;
using Late.Hosting.Connection.Sending;
using Late.Hosting.Connection.Sessions;
using Late.Hosting.Diagnostics;
using Late.Hosting.Transport;

namespace Late.Hosting.Connection;

/// <summary>
/// What the parts of one connection share: its name, options, clock, state and mailbox, and the ways in which something
/// outside ends what it is doing.
/// </summary>
internal sealed class ConnectionContext
{
    private readonly Lock _gate = new();
    private CancellationTokenSource _interruption = new();
    private Session? _session;
    private WebSocketConnection? _next;
    private SendWindow? _sendWindow;
    private bool _isOver;
    private int _isFaultTold;

    public ConnectionContext(
        string name, CurrentOptions<LateConnectionOptions> settings, TimeProvider time, ConnectionLog log, ConnectionMetrics metrics, IServiceProvider services, string? measuredAs = null)
    {
        (Name, MeasuredAs, Settings, Log, Services) = (name, measuredAs ?? name, settings, log, services);
        Time = time;
        Status = new ConnectionStatus(name, time);
        Mailbox = new Mailbox(Status);
        Telemetry = new ConnectionTelemetry(name, metrics, time, MeasuredAs);
        Statistics = new ConnectionStatistics(time);
        CallContext = new CallContext(name, time, Status, Statistics.Calls);
        StartWatch = new StartWatch(name, time, log);
    }

    public string Name { get; }

    /// <summary>The name in its measurements, which other connections may have too.</summary>
    public string MeasuredAs { get; }

    public CurrentOptions<LateConnectionOptions> Settings { get; }

    public LateConnectionOptions Options => Settings.Value;

    /// <summary>What the application has added to the options in code.</summary>
    public ConnectionHooks Hooks { get; init; } = new();

    public TimeProvider Time { get; }

    public ConnectionLog Log { get; }

    /// <summary>Who measures and traces the connection.</summary>
    public ConnectionTelemetry Telemetry { get; }

    public IServiceProvider Services { get; }

    public ConnectionStatus Status { get; }

    public Mailbox Mailbox { get; }

    public CallContext CallContext { get; }

    /// <summary>What was sent lately; made where there is a send limit.</summary>
    public SendWindow SendWindow => _sendWindow ??= new SendWindow(Time);

    /// <summary>The session that is open; null between sessions.</summary>
    public Session? Session => Volatile.Read(ref _session);

    /// <summary>What the connection has done, for whoever looks at it from outside.</summary>
    public ConnectionStatistics Statistics { get; }

    /// <summary>What InitAsync threw: no frame has reached it, so that its message may be logged.</summary>
    public Exception? InitFailure { get; set; }

    /// <summary>Says what chance decides.</summary>
    public Randomizer Randomizer { get; init; } = Random.Shared.NextDouble;

    /// <summary>How its session ends when the connection is stopped.</summary>
    public SessionEnd StopEnd { get; set; } = SessionEnd.HostStopping;

    /// <summary>Warns where the connection is used and not started.</summary>
    public StartWatch StartWatch { get; }

    /// <summary>True from the start of the connection.</summary>
    public bool IsRunning { get; private set; }

    public void SetRunning()
    {
        IsRunning = Status.HasStarted = true;
        StartWatch.End();
    }

    /// <summary>Takes no more work: the host stops, or the handler ended the connection. The first stop says why.</summary>
    public void Stop(SessionEnd end)
    {
        StartWatch.End();
        Status.TryStop(end.Description, end.TerminateKind);
        Mailbox.Shut(ConnectionFailure.Stopped);
    }

    /// <summary>The connection has ended for good; nothing where it is not stopping.</summary>
    public void SetStopped(string reason) => Status.TryFinish(reason);

    /// <summary>Gives up: every call fails at once from here on (promise P15).</summary>
    public void Fault(string reason, Exception? exception)
    {
        TellFault(reason, exception);
        Mailbox.Shut(ConnectionFailure.Faulted(reason, exception));
    }

    /// <summary>Says that the connection has given up, once.</summary>
    public void TellFault(string reason, Exception? exception)
    {
        // Not under a lock, so that a log that takes its time holds up nobody else.
        if (Interlocked.Exchange(ref _isFaultTold, 1) == 0)
        {
            Log.Faulted(Name, LateException.WithoutName(Name, reason), exception is null || exception == InitFailure ? exception : Loggable(exception));
            Statistics.AddError($"Given up: {reason}");
            Status.TryMove(LateConnectionState.Faulted, reason, exception);
        }
    }

    /// <summary>A callback threw, and nobody else is told of it.</summary>
    public void NoteThrown(string callback, Exception exception)
    {
        Log.CallbackThrew(Name, callback, Loggable(exception));
        Statistics.AddError($"{callback} threw {TypeName.Of(exception.GetType())}.");
    }

    /// <summary>An exception as it may be logged: without its message, unless the options say otherwise.</summary>
    public Exception Loggable(Exception exception) => Log.Loggable(exception, Options);

    /// <summary>A token that is cancelled by the next request for a new session; made anew for each wait or attempt.</summary>
    public CancellationToken RenewInterruption()
    {
        lock (_gate)
        {
            if (_interruption.IsCancellationRequested)
            {
                _interruption = new CancellationTokenSource();
            }

            return _interruption.Token;
        }
    }

    /// <summary>Keeps the connection that follows a session; where that has ended meanwhile, closes it.</summary>
    public void KeepNext(Session session, WebSocketConnection next)
    {
        lock (_gate)
        {
            if (!_isOver && session.Ending is null)
            {
                _next = next;
                return;
            }
        }

        next.Abort();
    }

    /// <summary>Takes the connection that was made for the next session; null where there is none.</summary>
    public WebSocketConnection? TakeNext() => Interlocked.Exchange(ref _next, null);

    /// <summary>No session will begin any more.</summary>
    public void EndSessions()
    {
        lock (_gate)
        {
            _isOver = true;
        }

        TakeNext()?.Abort();
    }

    public void SetSession(Session? session)
    {
        lock (_gate)
        {
            _session = session;
        }
    }

    /// <summary>Ends the session, or the attempt or wait in its place, and connects anew at once.</summary>
    /// <exception cref="LateException">The connection does not run.</exception>
    public void Reconnect(string reason)
    {
        if (!TryReconnect(reason))
        {
            throw ConnectionFailure.NotRunning(Status).ToException(Name, LateDelivery.NotDelivered);
        }
    }

    /// <summary>The same; false where the connection does not run.</summary>
    public bool TryReconnect(string reason)
    {
        var state = Status.Current.State;
        if (!IsRunning || Status.IsOver || state is LateConnectionState.Stopping or LateConnectionState.Faulted)
        {
            return false;
        }

        if (state == LateConnectionState.Stopped)
        {
            // InitAsync runs, and the first attempt follows it.
            return true;
        }

        Session? session;
        CancellationTokenSource interruption;
        lock (_gate)
        {
            (session, interruption) = (_session, _interruption);
        }

        var hasEnded = session?.End(SessionEnd.Requested(reason)) == true;

        // What was made before has the old address, perhaps, or an old token.
        TakeNext()?.Abort();
        if (!hasEnded)
        {
            // There is none, or it ends already: what follows it does not wait.
            Log.ReconnectRequested(Name, reason);
            interruption.Cancel();

            // Unless one has been opened meanwhile, which does not look at the interruption any more.
            if (session is null)
            {
                Session?.End(SessionEnd.Requested(reason));
            }
        }

        return true;
    }
}
