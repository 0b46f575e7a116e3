using Late.Hosting.Connection.Mailboxes;
using Late.Hosting.Locking;

namespace Late.Hosting.Connection.Lifecycle;

/// <summary>
/// The state of the lifecycle, which other classes read, and what its events have in common. Written by <see cref="ConnectionLifecycle"/>
/// alone, under <see cref="Gate"/>.
/// </summary>
/// <param name="name">The connection's name.</param>
/// <param name="time">The connection's clock.</param>
/// <param name="work">The work that phases admit and refuse.</param>
/// <param name="stopEnd">How a session ends at a stop that was not requested.</param>
internal abstract class LifecycleState(string name, TimeProvider time, WorkQueues work, SessionEnd stopEnd)
{
    private bool _isRefused;
    private long _sessions;
    private SessionEnd? _stopRequest;
    private long _stopRequestedAt;

    public string Name { get; } = name;

    /// <summary>Guards the phases, and the work that they admit: the mailbox asks under it.</summary>
    public Gate Gate { get; } = new();

    public LifePhase Life => Phases.Life;

    /// <summary>The phase of the session, or of what stands in its place.</summary>
    public SessionPhase Phase => Phases.Current;

    /// <summary>The session; null between sessions.</summary>
    public SessionLife? Session => Phases.Session;

    /// <summary>What the phases look like from outside.</summary>
    public StatusHistory History { get; } = new(time.GetUtcNow());

    public LateConnectionStatus Current => History.Current;

    /// <summary>True where the connection was started, in any later state.</summary>
    public bool HasStarted => Life is not (LifePhase.NotStarted or LifePhase.Standby);

    /// <summary>True where no session follows, unless a new life begins.</summary>
    public bool IsEnding => Life is LifePhase.Stopping or LifePhase.Stopped or LifePhase.Faulted or LifePhase.Retired;

    /// <summary>True where nothing follows.</summary>
    public bool IsOver => Life is LifePhase.Stopped or LifePhase.Retired;

    /// <summary>Whether the last attempt was refused, for a reason that waiting alone does not remove.</summary>
    public bool IsRefused { get => Volatile.Read(ref _isRefused); protected set => Volatile.Write(ref _isRefused, value); }

    /// <summary>How many sessions were opened.</summary>
    public long Sessions { get => Volatile.Read(ref _sessions); protected set => Volatile.Write(ref _sessions, value); }

    /// <summary>How the session ends when the connection is stopped: the first request decides.</summary>
    public SessionEnd StopEnd => Volatile.Read(ref _stopRequest) ?? stopEnd;

    /// <summary>The timestamp of the request to stop; 0 before it.</summary>
    public long StopRequestedAt { get => Volatile.Read(ref _stopRequestedAt); protected set => Volatile.Write(ref _stopRequestedAt, value); }

    /// <summary>Whether a connection is there that is to follow the session.</summary>
    public bool HasCandidate => Candidate is not null;

    /// <summary>What has stopped the connection.</summary>
    public LateTerminateKind StoppedBy { get; private set; }

    /// <summary>What InitAsync threw.</summary>
    public Exception? InitFailure { get; protected set; }

    /// <summary>What happens to work from outside; under <see cref="Gate"/>.</summary>
    public Admission Admission => IsEnding
        ? Admission.Over
        : Phase switch
        {
            SessionPhase.Ready => Admission.Open,
            SessionPhase.Draining => Admission.Draining,
            _ => Admission.NotReady,
        };

    protected Phases Phases { get; } = new(name);

    /// <summary>When the event has come: no clock is read under the lock, since a clock in a test may run what is due.</summary>
    protected DateTimeOffset Now { get; private set; }

    /// <summary>The same as a timestamp.</summary>
    protected long Timestamp { get; private set; }

    protected WorkQueues Work { get; } = work;

    /// <summary>The session end that the first request of a stop specified.</summary>
    protected SessionEnd? StopRequest { get => _stopRequest; set => Volatile.Write(ref _stopRequest, value); }

    /// <summary>Canceled, outside the lock, where a new session is requested while there is none.</summary>
    protected CancellationTokenSource Interruption { get; set; } = new();

    /// <summary>The interruption is canceled, or will be in a moment.</summary>
    protected bool IsInterrupted { get; set; }

    /// <summary>The connection that was prepared to follow the session.</summary>
    protected object? Candidate { get; set; }

    /// <summary>The address of the next attempt, where one was asked for.</summary>
    protected Uri? NextUri { get; set; }

    /// <summary>The fault of the present life has been logged, or will be in a moment.</summary>
    protected bool IsFaultTold { get; set; }

    /// <summary>The state in a sentence, for the messages of exceptions.</summary>
    public string Explain() => StatusText.Explain(this, Current);

    /// <summary>The same for a sentence that has the connection's name already.</summary>
    public string Describe() => StatusText.Describe(this, Current);

    /// <summary>Notes when the next attempt begins, after how many.</summary>
    public void NoteNextAttempt(DateTimeOffset at, int attempts)
    {
        using (Gate.Enter())
        {
            History.Amend(LateConnectionState.Reconnecting, status => status with { NextAttemptAt = at, Attempt = attempts });
        }
    }

    /// <summary>Notes that an attempt that has waited continues.</summary>
    /// <returns>False where the connection is not connecting any more: it has been stopped while the attempt waited.</returns>
    public bool TryNoteConnecting(string reason)
    {
        using (Gate.Enter())
        {
            History.Amend(LateConnectionState.Connecting, status => status with { Reason = reason });
            return Current.State == LateConnectionState.Connecting;
        }
    }

    /// <summary>Takes the connection that was prepared; null where there is none.</summary>
    /// <param name="only">Takes this one and no other; null for whichever is there.</param>
    public object? TakeCandidate(object? only = null)
    {
        using (Gate.Enter())
        {
            return only is null || only == Candidate ? TakeCandidateNow() : null;
        }
    }

    /// <summary>Specifies the address of the next attempt, which <c>HandleDisconnect</c> has asked for.</summary>
    public void SetNextUri(Uri uri)
    {
        using (Gate.Enter())
        {
            NextUri = uri;
        }
    }

    /// <summary>Takes the address that was asked for, which is that of one attempt; null for the configured one.</summary>
    public Uri? TakeNextUri()
    {
        using (Gate.Enter())
        {
            (var uri, NextUri) = (NextUri, null);
            return uri;
        }
    }

    /// <summary>Takes an event under the lock.</summary>
    protected Effects Locked(Func<Effects> transition)
    {
        var (now, timestamp) = (time.GetUtcNow(), time.GetTimestamp());
        using (Gate.Enter())
        {
            (Now, Timestamp) = (now, timestamp);
            return transition();
        }
    }

    /// <summary>Moves a session, where nothing else follows.</summary>
    protected Effects Move(SessionLife session, LifecycleEvent lifecycleEvent) =>
        Locked(() => new Effects { HasHappened = Phases.Move(session, lifecycleEvent) });

    /// <summary>Begins a close of ours: only for the handler the session continues; the first reason counts.</summary>
    protected Effects CloseNow(SessionLife session, SessionEnd end)
    {
        if (!Phases.Move(session, LifecycleEvent.BeginClosing))
        {
            return default;
        }

        session.PendingEnd = WithTime(session, end);
        session.IsSilent = true;
        return Show(end.Description, end.Exception) with
        {
            Left = session,
            LoggedEnd = session.IsBeingLogged ? null : session,
            Refused = Work.RemoveOfSession(),
            Failure = ConnectionFailure.Disconnected(end),
            Wakes = true,
        };
    }

    protected Effects EndNow(SessionLife session, SessionEnd end, LifecycleEvent lifecycleEvent)
    {
        var before = session.Phase;
        if (!Phases.Move(session, lifecycleEvent))
        {
            return default;
        }

        var wasClosing = before is SessionPhase.Closing or SessionPhase.HeldClose;
        session.Ending = end = wasClosing ? session.PendingEnd!.EndedBy(end) : WithTime(session, end);
        session.IsSilent = !end.HandlesLastFrames && (before == SessionPhase.Closing || !end.HandlesRest);
        NextUri = end.Uri;
        var (description, exception) = (end.Description, end.Exception);
        var effects = end.Next switch
        {
            NextStep.Stop => StopNow(end),
            NextStep.Fault => FaultNow(description, exception),
            _ when wasClosing => default,
            _ => Show(description, exception) with { Refused = Work.RemoveOfSession(), Failure = ConnectionFailure.Disconnected(end) },
        };
        return wasClosing
            ? effects with { HasHappened = true, Wakes = true }
            : effects with { HasHappened = true, Left = session, LoggedEnd = session.IsBeingLogged ? null : session, Wakes = true };
    }

    protected Effects StopNow(SessionEnd end)
    {
        var fault = Life == LifePhase.Faulted ? Current.Exception : null;
        if (!Phases.MoveLife(LifecycleEvent.Stop))
        {
            return default;
        }

        StoppedBy = end.TerminateKind;
        return Write(end.Description, fault) with { Refused = Work.RemoveAll(), Failure = ConnectionFailure.Stopped, Discarded = TakeCandidateNow(), EndsStart = true, Wakes = true };
    }

    protected Effects FaultNow(string reason, Exception? exception)
    {
        var isNew = Phases.MoveLife(LifecycleEvent.Fault);
        var effects = isNew
            ? Write(reason, exception) with { Refused = Work.RemoveAll(), Failure = ConnectionFailure.Faulted(reason, exception), Discarded = TakeCandidateNow(), Wakes = true }
            : default;
        var isTold = IsFaultTold;
        IsFaultTold = true;
        return isTold ? effects : effects with { LoggedFault = (reason, exception) };
    }

    protected object? TakeCandidateNow()
    {
        if (Candidate is not { } candidate)
        {
            return null;
        }

        Phases.Follow(SessionPhase.Candidate, LifecycleEvent.Take);
        Candidate = null;
        return candidate;
    }

    private SessionEnd WithTime(SessionLife session, SessionEnd end) =>
        session.WasReady ? end with { ReadyFor = time.GetElapsedTime(session.ReadyAt, Timestamp) } : end;

    /// <summary>Publishes the phase of the session, unless the connection ends: that takes precedence over the session's phase.</summary>
    protected Effects Show(string reason, Exception? exception = null, int? attempt = null) =>
        Life == LifePhase.Running ? Write(reason, exception, attempt) : new Effects { HasHappened = true };

    protected Effects Write(string reason, Exception? exception, int? attempt = null)
    {
        History.Add(Now, StatusHistory.StateOf(Life, Phase), reason, exception, attempt);
        return new Effects { HasHappened = true, PublishesStatus = true };
    }
}
