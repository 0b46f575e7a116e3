using Late.Hosting.Connection.Mailboxes;

namespace Late.Hosting.Connection.Lifecycle;

/// <summary>The lifecycle's record of one session, which it alone writes, under its lock; other classes read it.</summary>
internal abstract class SessionLife
{
    private readonly CancellationTokenSource _left = new();
    private volatile SessionEnd? _end;
    private volatile SessionEnd? _pendingEnd;
    private volatile bool _isSilent;
    private volatile int _phase;

    /// <summary>Counts the sessions of the connection; the first is 1.</summary>
    public long Number { get; internal set; }

    public SessionPhase Phase { get => (SessionPhase)_phase; internal set => _phase = (int)value; }

    /// <summary>How the session has ended; null while it has not.</summary>
    public SessionEnd? Ending { get => _end; internal set => _end = value; }

    /// <summary>True from the beginning of a close of ours, or from the end: no work comes any more, and no frame but what the handler holds it open for.</summary>
    public bool IsLeaving => Phase is SessionPhase.Closing or SessionPhase.HeldClose or SessionPhase.Closed;

    /// <summary>True where no callback of a frame may begin; looked at before each of them.</summary>
    public bool IsSilent { get => _isSilent; internal set => _isSilent = value; }

    /// <summary>How the session will end when it has drained, or after its goodbye; null where nothing ends it.</summary>
    public SessionEnd? PendingEnd { get => _pendingEnd; internal set => _pendingEnd = value; }

    /// <summary>The timestamp of being ready; 0 where the session never was.</summary>
    public long ReadyAt { get; internal set; }

    public bool WasReady => ReadyAt != 0;

    /// <summary>That it is open, or ready, is being logged: the end is logged after it.</summary>
    public bool IsBeingLogged { get; internal set; }

    /// <summary>Canceled when the session has ended, or a close of ours begins.</summary>
    public CancellationToken Left => _left.Token;

    /// <summary>How many calls the handler has and has not ended, and when the oldest of them began, with what request; 0 where there is none.</summary>
    public virtual (int Count, long OldestFrom, RequestKind? OldestRequest) CallsInProgress => default;

    /// <summary>The session has ended, or a close of ours begins: called outside the lock, before any watcher is notified.</summary>
    public abstract void OnLeft();

    /// <summary>Its socket is closed without a frame, whatever it still waits for.</summary>
    public virtual void Abort()
    {
    }

    /// <summary>Cancels <see cref="Left"/>.</summary>
    public Task CancelLeftAsync() => _left.CancelAsync();
}
