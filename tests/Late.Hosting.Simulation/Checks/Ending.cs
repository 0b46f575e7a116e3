using Late.Hosting.Simulation.Worlds;

namespace Late.Hosting.Simulation.Checks;

/// <summary>Follows the end of a supervised connection, and what happens to its key.</summary>
internal sealed class Ending(Subject subject)
{
    private static readonly TimeSpan s_tolerance = TimeSpan.FromMilliseconds(1);

    private readonly TimeSpan _madeAt = subject.Time.Elapsed;
    private bool _isAskedToStop;
    private TimeSpan _cutAt = TimeSpan.MaxValue;
    private TimeSpan? _endedAt;
    private int _restarts;
    private bool _isRestart;
    private bool _isReadyInTime;

    /// <summary>The supervisor was asked to stop it, or its start was canceled.</summary>
    public bool IsAskedToStop => _isAskedToStop || !HasStarted;

    /// <summary>True when nothing of it runs any more.</summary>
    public bool IsOver => _endedAt is not null;

    private bool HasStarted => subject.Startup == LateStartupMode.Background ? _isRestart || !(subject.StartRequest?.CancelledAt <= _madeAt) : _isReadyInTime;

    private LateReconnectOptions Delays => subject.Options.Reconnect;

    private TimeSpan Grown => Shorter(Delays.BaseDelay * Math.Pow(2, Math.Min(_restarts, 30)), Delays.MaxDelay);

    private TimeSpan Now => subject.Time.Elapsed;

    /// <param name="cancelledAt">When its supervisor's caller no longer waits; null for never.</param>
    public void OnAskedToStop(TimeSpan? cancelledAt)
    {
        _isAskedToStop = true;
        _cutAt = cancelledAt < _cutAt ? cancelledAt.Value : _cutAt;
    }

    /// <summary>True where nothing is waited for any more: the stop has no time left.</summary>
    public bool IsCut => _cutAt <= Now;

    /// <summary>The log reports that it is ready: with that its start is over, unless that has failed before.</summary>
    public void OnReady()
    {
        var hasFailed = subject.Startup == LateStartupMode.FailFast ? subject.Attempts.HasFailed : Now - _madeAt >= subject.Options.StartupTimeout;
        _isReadyInTime |= !hasFailed && (_isRestart || !(subject.StartRequest?.CancelledAt <= Now));
    }

    /// <summary>The log reports that it has ended.</summary>
    public void OnStopped() => _endedAt = Now;

    /// <summary>Another connection of the same key begins.</summary>
    public void OnFollowed(Subject next)
    {
        subject.Verdict.Require(IsOver || subject.Logs.HasAbandoned, "P1", $"another connection of the same key begins, and this one has not ended");
        if (next.StartRequest == subject.StartRequest && _endedAt is { } ended)
        {
            var lasted = HasStarted && ended - _madeAt >= Delays.StableAfter;
            _restarts = lasted ? 0 : _restarts;
            (next.Ending._restarts, next.Ending._isRestart) = (_restarts + 1, true);
            var waited = Now - ended;
            subject.Verdict.Require(waited >= (0.5 * Grown) - s_tolerance && waited <= Grown + s_tolerance, "P10", $"it restarts after {waited}, and the delay has grown to {Grown}");
        }
    }

    /// <summary>With nothing else to do.</summary>
    /// <param name="plan">What the supervisor does with keys.</param>
    /// <param name="isThere">The key has this connection.</param>
    public void CheckNow(FleetPlan plan, bool isThere)
    {
        if (subject.World.IsStopping || IsAskedToStop)
        {
            return;
        }

        if (_endedAt is not { } ended)
        {
            subject.Verdict.Require(isThere, "P15", $"the connection runs, and its key is removed");
            return;
        }

        var onEnd = subject.Client.State == LateConnectionState.Faulted ? plan.OnFault : plan.OnStop;
        subject.Verdict.Require(isThere == (onEnd != LateEndBehavior.Remove), "P15", $"the connection has ended, and its key is {(isThere ? "kept" : "removed")} though the option is {onEnd}");
        subject.Verdict.Require(onEnd != LateEndBehavior.Restart || Now - ended <= Grown + s_tolerance + s_tolerance, "P10", $"it has ended at {ended}, and does not restart");
    }

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
