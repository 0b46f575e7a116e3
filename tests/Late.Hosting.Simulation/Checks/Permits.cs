using Late.Hosting.Simulation.Worlds;

namespace Late.Hosting.Simulation.Checks;

/// <summary>Follows which attempt of a connection has the budget's permit, and since when one waits for it (promise P10).</summary>
internal sealed class Permits(Subject subject)
{
    private TimeSpan? _overAt;
    private bool _isInterrupted;
    private bool _isInProgress;
    private bool _isAccepted;

    /// <summary>True while an attempt is in progress without a session, also one that is interrupted and not over.</summary>
    public bool HasBegun => _isInProgress || _isInterrupted;

    /// <summary>True while an attempt has its permit.</summary>
    public bool IsInProgress => (_isInProgress && subject.Client.State == LateConnectionState.Connecting) || subject.Rotations.HasPermit;

    /// <summary>Since when an attempt waits for its permit; null where none does.</summary>
    public TimeSpan? QueuedAt =>
        subject.Client.Status is { State: LateConnectionState.Connecting, Attempt: > 0 } && !_isInProgress && _overAt != subject.Time.Elapsed && !_isAccepted && !subject.Rotations.IsPending && subject.Life.Running != "Connecting" && (!(_isInterrupted && subject.Preparations.MayBegin) || subject.Client.Status.Reason.Contains("budget", StringComparison.Ordinal))
            ? subject.Attempts.Since
            : null;

    /// <summary>An attempt begins during a session.</summary>
    public void OnBeganInSession() => subject.World.Budget?.OnBegan(subject, null);

    /// <summary>An attempt begins without a session.</summary>
    public void OnBegan()
    {
        (_isInProgress, _isInterrupted, _isAccepted) = (true, false, false);
        subject.World.Budget?.OnBegan(subject, subject.Attempts.Since);
    }

    /// <summary>The server has accepted.</summary>
    /// <param name="isNext">The session that there is none of begins now.</param>
    public void OnAccepted(bool isNext)
    {
        _isAccepted = isNext;
        OnLeft();
    }

    /// <summary>The session has begun.</summary>
    public void OnConnected() => _isAccepted = false;

    /// <summary>The attempt has failed.</summary>
    public void OnFailed() => _isInProgress = false;

    /// <summary>The attempt is interrupted, and gives back its permit: where a post runs before its callback, it is over after that.</summary>
    public void OnInterrupted()
    {
        _isInterrupted |= _isInProgress;
        OnLeft();
    }

    /// <summary>A post that runs without a session has ended.</summary>
    public void OnFreeEnds() => _isInterrupted = false;

    /// <summary>The attempt gives back its permit.</summary>
    public void OnLeft()
    {
        _isInProgress = false;
        subject.World.Budget?.OnLeft();
    }

    /// <summary>The attempt's time is over: it gives back its permit at this moment, or fails with its callback.</summary>
    public void OnTimeOver()
    {
        _overAt = subject.Time.Elapsed;
        OnLeft();
    }
}
