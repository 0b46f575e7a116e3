using Late.Hosting.Simulation.Worlds;

namespace Late.Hosting.Simulation.Checks;

/// <summary>
/// Follows what comes after a fault (promise P15): a new life after a delay, at a request, or none; and the new life after an error of the
/// handler (promise P2).
/// </summary>
internal sealed class Lives(Subject subject)
{
    // Timers count in milliseconds.
    private static readonly TimeSpan s_tolerance = TimeSpan.FromMilliseconds(2);

    private TimeSpan? _restartingAt;
    private TimeSpan? _requestedAt;
    private bool _isDelayed;
    private int _restarts;

    /// <summary>True from a fault to the next life.</summary>
    public bool IsFaulted { get; private set; }

    private TimeSpan Now => subject.Time.Elapsed;

    private bool Restarts => subject.Options.OnFault == LateFaultBehavior.Restart && !subject.Plan.IsSupervised
        && (subject.Options.RestartPermanent || !subject.Attempts.HasPermanentCode);

    /// <summary>The log reports that the connection has failed permanently.</summary>
    public void OnFaulted()
    {
        (IsFaulted, _restartingAt, _requestedAt, _isDelayed) = (true, null, null, false);
        subject.Requests.OnAnyOther();
    }

    /// <summary>The log reports that a new life begins after a delay.</summary>
    public void OnRestarting()
    {
        _restartingAt = Now;
        _restarts++;
        subject.Verdict.Require(Restarts, "P15", $"a new life is awaited, and the options want none");
        subject.Verdict.Require(IsOver, "P3", $"a new life is awaited, and the last has not ended");
    }

    /// <summary>A new session or a new life is requested.</summary>
    /// <param name="after">After this delay; null for immediately.</param>
    public void OnRequested(TimeSpan? after = null)
    {
        _isDelayed = IsFaulted && after > TimeSpan.Zero;
        _requestedAt = IsFaulted && !_isDelayed ? _requestedAt ?? Now : null;
    }

    /// <summary>An option of the connection is changed.</summary>
    /// <param name="reconnects">It takes effect with a new session, which it requests; another one requests only a life after a fault.</param>
    public void OnChanged(bool reconnects)
    {
        if (reconnects || IsFaulted)
        {
            subject.Requests.OnChanged();
        }

        if (!subject.IsStopping)
        {
            OnRequested();
        }
    }

    /// <summary>The log reports that a new life begins.</summary>
    public void OnBegun()
    {
        var verdict = subject.Verdict;
        verdict.Require(IsOver || subject.Logs.HasAbandoned, "P3", $"a new life begins, and the last has not ended");
        if (!IsFaulted)
        {
            verdict.Require(subject.Errors.EndsLife, "P15", $"a new life begins, and nothing has ended the last");
            subject.Attempts.BeginLifeAfterError();
            subject.Rotations.OnRequested();
            subject.Requests.OnLifeEnded();
            return;
        }

        verdict.Require(!subject.Plan.IsSupervised, "P15", $"a new life begins after a fault, and the supervisor alone restarts the connection");
        if (_requestedAt is null && !_isDelayed && !subject.Attempts.IsInterrupted && _restartingAt is { } since)
        {
            var (waited, options) = (Now - since, subject.Options.Restart);
            var grown = Shorter(options.BaseDelay * Math.Pow(2, Math.Min(_restarts - 1, 30)), options.MaxDelay);
            var longest = JitteredDelay.Longest(grown, subject.Attempts.RetryAfter, options.BaseDelay);
            verdict.Require(waited >= (0.5 * options.BaseDelay) - s_tolerance && waited <= longest + s_tolerance + subject.Time.Slack, "P15", $"a new life begins {waited} after the last, and the delay has grown to {longest}");
        }

        // A request that came before the fault, and did not come to an attempt, counts too.
        (IsFaulted, _requestedAt, _restartingAt, _isDelayed) = (false, null, null, false);
        subject.Attempts.BeginLife();
    }

    /// <summary>Between two lives, a stop and a fault matter most: they come there by the world's choice.</summary>
    /// <returns>Done when the callback that runs there continues.</returns>
    public async Task MeetStopAsync()
    {
        if (subject.World.Chances.Lives.Chance(20))
        {
            subject.World.StopAfter(subject.World.Chances.Lives.Time(1, 200));
            await subject.World.DelayAsync(subject.World.Chances.Lives.Time(1, 400), default);
        }
    }

    /// <summary>With nothing else to do: a new life that is due has begun.</summary>
    public void CheckNow()
    {
        if (!IsFaulted || subject.IsStopping || subject.World.IsAskedToStop || subject.Plan.IsSupervised || !IsOver || subject.Client.State != LateConnectionState.Faulted)
        {
            return;
        }

        var at = subject.Client.Status.NextAttemptAt;
        if (_isDelayed || (subject.Attempts.IsInterrupted && at is not null))
        {
            subject.Verdict.Require(at >= subject.Time.GetUtcNow() - s_tolerance, "P15", $"a new life was asked for after a delay, and is due at {at}");
            return;
        }

        subject.Verdict.Require(_requestedAt is null, "P15", $"a new life was asked for at {_requestedAt}, and has not begun");
        subject.Verdict.Require(Restarts == _restartingAt is not null, "P15", $"the last life is over, and a new one is {(Restarts ? "not " : "")}awaited");
        subject.Verdict.Require(
            Restarts == subject.Client.Status.NextAttemptAt is not null && !(subject.Client.Status.NextAttemptAt < subject.Time.GetUtcNow() - s_tolerance), "P15", $"the next life is due at {subject.Client.Status.NextAttemptAt}");
    }

    private bool IsOver => subject.Handler is null or { IsDisposed: true };

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
