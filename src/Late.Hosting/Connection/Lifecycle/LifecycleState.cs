using Late.Hosting.Connection.Mailboxes;
using Late.Hosting.Locking;

namespace Late.Hosting.Connection.Lifecycle;

/// <summary>
/// The state of the lifecycle, which other classes read. Written by <see cref="ConnectionLifecycle"/> alone, under <see cref="Gate"/>.
/// </summary>
/// <param name="name">The connection's name.</param>
/// <param name="time">The connection's clock.</param>
/// <param name="work">The work that phases admit and refuse.</param>
/// <param name="stopEnd">How a session ends at a stop that was not requested.</param>
/// <param name="mayRevive">Whether a new life may follow a fault.</param>
internal abstract class LifecycleState(string name, TimeProvider time, WorkQueues work, SessionEnd stopEnd, bool mayRevive)
{
    private bool _isRefused;
    private volatile string? _yieldReason;
    private long _lives;
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
    public bool HasStarted => Life != LifePhase.NotStarted;

    /// <summary>True where no session follows, unless a new life begins.</summary>
    public bool IsEnding => Life is LifePhase.Stopping or LifePhase.Stopped or LifePhase.Faulted or LifePhase.Retired;

    /// <summary>True from the first attempt of a life until the connection ends, also between two lives of it.</summary>
    public bool IsRunning => Life is LifePhase.Running or LifePhase.Restarting or LifePhase.Initializing;

    /// <summary>True where nothing follows.</summary>
    public bool IsOver => Life is LifePhase.Stopped or LifePhase.Retired;

    /// <summary>Whether the last attempt was refused, for a reason that waiting alone does not remove.</summary>
    public bool IsRefused { get => Volatile.Read(ref _isRefused); protected set => Volatile.Write(ref _isRefused, value); }

    /// <summary>How many lives have begun.</summary>
    public long Lives { get => Volatile.Read(ref _lives); protected set => Volatile.Write(ref _lives, value); }

    /// <summary>True where a new life may follow a fault.</summary>
    public bool MayRevive { get; protected set; } = mayRevive;

    /// <summary>How many sessions were opened.</summary>
    public long Sessions { get => Volatile.Read(ref _sessions); protected set => Volatile.Write(ref _sessions, value); }

    /// <summary>How the session ends when the connection is stopped: the first request decides.</summary>
    public SessionEnd StopEnd => Volatile.Read(ref _stopRequest) ?? stopEnd;

    /// <summary>The timestamp of the request to stop; 0 before it.</summary>
    public long StopRequestedAt { get => Volatile.Read(ref _stopRequestedAt); protected set => Volatile.Write(ref _stopRequestedAt, value); }

    /// <summary>Whether there is a connection, or an attempt to make one, that is to follow the session.</summary>
    public bool HasCandidate => Candidate is not null;

    /// <summary>True where the connection is made that follows, and no session has it yet.</summary>
    public bool IsMade => (Candidate ?? Adopted) is { IsMade: true };

    /// <summary>What has stopped the connection.</summary>
    public LateTerminateKind StoppedBy { get; protected set; }

    /// <summary>Why the life ends to stand by; null where it does not.</summary>
    public string? YieldReason { get => _yieldReason; protected set => _yieldReason = value; }

    /// <summary>The last request of the session that came where another follows already.</summary>
    protected string? AddedRequest { get; set; }

    /// <summary>What Init threw.</summary>
    public Exception? InitFailure { get; protected set; }

    /// <summary>What happens to work from outside; under <see cref="Gate"/>.</summary>
    public Admission Admission => IsEnding
        ? Admission.Over
        : Life != LifePhase.Running ? Admission.NotInitialized
        : Phase switch
        {
            SessionPhase.Ready => Admission.Open,
            SessionPhase.Draining => Admission.Draining,
            _ => Admission.NotReady,
        };

    protected Phases Phases { get; } = new(name);

    protected TimeProvider Time { get; } = time;

    protected WorkQueues Work { get; } = work;

    /// <summary>The session end that the first request of a stop specified.</summary>
    protected SessionEnd? StopRequest { get => _stopRequest; set => Volatile.Write(ref _stopRequest, value); }

    /// <summary>Interrupts an attempt or a wait.</summary>
    protected Interruption Interruption { get; } = new();

    /// <summary>The connection that is to follow the session, from when its attempt outlasts that.</summary>
    protected Candidate? Candidate { get; set; }

    /// <summary>Where that connection is in its life.</summary>
    protected SessionPhase CandidatePhase { get; set; }

    /// <summary>The one that the next session takes, from when its attempt begins.</summary>
    protected Candidate? Adopted { get; set; }

    /// <summary>What was requested while that is so: it is for the session that the connection becomes, where it needs another than that.</summary>
    protected SessionEnd? Deferred { get; set; }

    /// <summary>The address of the next attempt, where one was requested.</summary>
    protected RequestedAddress NextAddress { get; } = new();

    /// <summary>The fault of the present life has been logged, or will be in a moment.</summary>
    protected bool IsFaultLogged { get; set; }

    /// <summary>The state in a sentence, for the messages of exceptions.</summary>
    public string Explain() => StatusText.Explain(this, Current);

    /// <summary>The same for a sentence that has the connection's name already.</summary>
    public string Describe() => StatusText.Describe(this, Current);

    /// <summary>What waits and what is in progress; not under a lock.</summary>
    /// <param name="refused">How many more calls have waited until a moment ago.</param>
    public WorkReport Report(int refused = 0)
    {
        var (inProgress, oldestFrom, oldestRequest) = Session?.CallsInProgress ?? default;
        TimeSpan? oldestFor = oldestFrom == 0 ? null : Time.GetElapsedTime(oldestFrom);
        using (Gate.Enter())
        {
            return new WorkReport(Work.Calls + refused, inProgress, oldestFor, oldestRequest?.Name, History.NotReadySince);
        }
    }

    /// <summary>Notes when the next attempt begins, after how many.</summary>
    public void NoteNextAttempt(DateTimeOffset at, int attempts)
    {
        using (Gate.Enter())
        {
            History.Amend(LateConnectionState.Reconnecting, status => status with { NextAttemptAt = at, Attempt = attempts });
        }
    }

    /// <summary>Notes when the next life begins.</summary>
    public void NoteNextLife(DateTimeOffset at)
    {
        using (Gate.Enter())
        {
            History.Amend(LateConnectionState.Faulted, status => status with { NextAttemptAt = at });
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

    /// <summary>What is logged of a request that comes where a session follows already: a handler may request the same with every frame.</summary>
    protected string? Added(SessionEnd request) =>
        YieldReason is not null || request.Description == AddedRequest ? null : AddedRequest = request.Description;

    /// <summary>Specifies the address of the next attempt, where a session that has ended leaves one.</summary>
    /// <param name="ofHandler">The one that <c>HandleDisconnect</c> has asked for; null for none.</param>
    /// <param name="requested">The request by which the session was to be replaced at another one, where no other session was requested since, but by a reload; null for none.</param>
    public void NoteNextUri(Uri? ofHandler, SessionEnd? requested)
    {
        using (Gate.Enter())
        {
            NextAddress.SetOfDisconnect(ofHandler);
            NextAddress.Set(ofHandler is not null || NextAddress.IsKnown || Interruption.HasOtherRequest ? null : requested);
        }
    }

    /// <summary>
    /// Takes the address that was asked for, which is that of one attempt; null for the configured one. An attempt that is interrupted
    /// at this moment leaves it to the next.
    /// </summary>
    public Uri? TakeNextUri()
    {
        using (Gate.Enter())
        {
            return NextAddress.Take(Interruption.IsRequested);
        }
    }

    /// <summary>True from a request for a new session while there is none until its attempt, or the wait before it, begins.</summary>
    public bool IsInterrupted
    {
        get
        {
            using (Gate.Enter())
            {
                return Interruption.IsRequested;
            }
        }
    }

    /// <summary>A token that is canceled by the next request for a new life. What has ended the last life requests none.</summary>
    /// <param name="wasRequested">Whether one was requested already, also before the fault where it did not come to an attempt.</param>
    /// <param name="after">The delay of that request; null for none.</param>
    public CancellationToken LifeRequest(out bool wasRequested, out TimeSpan? after)
    {
        using (Gate.Enter())
        {
            (wasRequested, after) = (Interruption.IsRequested, Interruption.After);
            Interruption.Rearm();
            return Interruption.Token;
        }
    }

    /// <summary>A token that is canceled by the next request for a new session while there is none.</summary>
    /// <param name="wasRequested">Whether one was requested since the last renewal.</param>
    /// <param name="after">The delay that was requested with it; null for none.</param>
    public CancellationToken RenewInterruption(out bool wasRequested, out TimeSpan? after)
    {
        using (Gate.Enter())
        {
            after = Interruption.After;
            wasRequested = Interruption.Renew();
            return Interruption.Token;
        }
    }

    /// <summary>No new life follows, whatever is requested: what would begin it has ended.</summary>
    public void EndLives()
    {
        using (Gate.Enter())
        {
            MayRevive = false;
        }
    }

    /// <summary>A stop will be requested in a moment: the first decides how the session ends.</summary>
    /// <returns>What it has decided.</returns>
    public SessionEnd NoteStop(SessionEnd end)
    {
        using (Gate.Enter())
        {
            return StopRequest ??= end;
        }
    }

    protected SessionEnd? TakeDeferredNow()
    {
        (var deferred, Deferred) = (Deferred, null);
        return deferred;
    }

    protected Candidate? TakeCandidateNow()
    {
        if (Candidate is not { } candidate)
        {
            return null;
        }

        CandidatePhase = Phases.Follow(CandidatePhase, LifecycleEvent.Take);
        Candidate = null;
        return candidate;
    }
}
