using Late.Hosting.Connection.Lifecycle;

namespace Late.Hosting.Tests.Connection.Lifecycle;

/// <summary>What is expected of the lives of a connection: their attempts, their ends, and the states that users see.</summary>
internal sealed class LifeModel
{
    private readonly List<LateConnectionState> _states = [];
    private readonly SessionsModel _sessions;
    private readonly NextConnectionModel _next;
    private readonly WorkModel _work;
    private bool _isFaultLogged;
    private bool _isRefused;
    private LateDisconnectReason? _stopRequest;
    private bool _mayRevive = true;

    public LifeModel(SessionsModel sessions, NextConnectionModel next, WorkModel work) => (_sessions, _next, _work) = (sessions, next, work);

    public LifeModel(LifeModel other, SessionsModel sessions, NextConnectionModel next, WorkModel work)
        : this(sessions, next, work)
    {
        (Phase, Yields, _isFaultLogged, _mayRevive) = (other.Phase, other.Yields, other._isFaultLogged, other._mayRevive);
        (_isRefused, _stopRequest) = (other._isRefused, other._stopRequest);
        _states = [.. other._states];
    }

    public LifePhase Phase { get; private set; }

    /// <summary>Whether it ends to follow a lease that is lost or given back.</summary>
    public bool Yields { get; set; }

    public bool IsEnding => Phase is LifePhase.Stopping or LifePhase.Stopped or LifePhase.Faulted or LifePhase.Retired;

    public bool IsStopped => Phase is LifePhase.Stopping or LifePhase.Stopped or LifePhase.Retired;

    public string Describe() => $"{string.Join(",", _states)} refused {_isRefused} stop {_stopRequest ?? LateDisconnectReason.HostStopping}";

    public string Do(StepKind kind, int variant)
    {
        switch (kind)
        {
            case StepKind.StandBy when _sessions.Present is null && Phase is LifePhase.NotStarted or LifePhase.Restarting or LifePhase.Faulted:
                return StandBy();
            case StepKind.StandBy when _sessions.Present is null && Phase is LifePhase.Standby or LifePhase.Stopping or LifePhase.Stopped:
                return "nothing";
            case StepKind.Start when Phase == LifePhase.NotStarted:
                return Become(LifePhase.Starting);
            case StepKind.Start when Phase == LifePhase.Standby:
                _states.Add(LateConnectionState.Connecting);
                return Describe(Become(LifePhase.Starting), "state");
            case StepKind.Start when Phase is LifePhase.Stopping or LifePhase.Stopped:
                return "nothing";
            case StepKind.BeginAttempt when IsEnding && Phase != LifePhase.Retired:
                return "nothing";
            case StepKind.BeginAttempt when Yields && Phase is LifePhase.Starting or LifePhase.Running:
                Phase = LifePhase.Running;
                return "nothing";
            case StepKind.BeginAttempt when Phase is LifePhase.Starting or LifePhase.Running && _sessions.Slot == SessionPhase.None:
                (Phase, _sessions.IsConnecting) = (LifePhase.Running, true);
                return _states.LastOrDefault() == LateConnectionState.Connecting ? "happened" : Show(LateConnectionState.Connecting);
            case StepKind.FailAttempt when _sessions.Slot == SessionPhase.Connecting:
                _sessions.IsConnecting = false;
                _next.EndAdoption();
                _isRefused = (variant % 4) switch { 0 => _isRefused, 1 => true, _ => false };
                return Describe(Show(LateConnectionState.Reconnecting), _next.Undefer());
            case StepKind.RequestLife:
                return RequestLife();
            case StepKind.EndLives:
                _mayRevive = false;
                return "nothing";
            case StepKind.Stop:
                return StopOnce();
            case StepKind.Fault when Phase != LifePhase.NotStarted:
                return Fault();
            case StepKind.EndLife when Phase is LifePhase.Starting or LifePhase.Running && _sessions.Slot == SessionPhase.None:
                Phase = LifePhase.Restarting;
                _next.EndAdoption();
                return Describe("happened", Discard(), _next.Undefer());
            case StepKind.BeginLife when Phase == LifePhase.Restarting:
                return Become(LifePhase.Initializing);
            case StepKind.Initialized when Phase == LifePhase.Initializing:
                return Become(LifePhase.Running);
            case StepKind.EndLife or StepKind.BeginLife or StepKind.Initialized when Phase is LifePhase.Stopping or LifePhase.Stopped:
            case StepKind.EndLife when Phase == LifePhase.Faulted:
                return "nothing";
            case StepKind.Revive when Phase == LifePhase.Faulted && _sessions.Present is null:
                BeginAgain(LifePhase.Starting);
                _states.Add(LateConnectionState.Connecting);
                return "happened state";
            case StepKind.Revive when Phase is LifePhase.Stopping or LifePhase.Stopped && _sessions.Present is null:
                return "nothing";
            case StepKind.Finish when Phase == LifePhase.Stopping:
                Phase = LifePhase.Stopped;
                _states.Add(LateConnectionState.Stopped);
                return "happened state";
            case StepKind.Finish when Phase == LifePhase.Stopped:
                return "nothing";
            case StepKind.Finish when Phase == LifePhase.Retired:
                return "nothing";
            case StepKind.Retire when Phase == LifePhase.Faulted:
                Phase = LifePhase.Retired;
                return "happened state";
            case StepKind.Retire when Phase is LifePhase.Stopping or LifePhase.Stopped or LifePhase.Retired:
                return "nothing";
            default:
                return "illegal";
        }
    }

    /// <summary>A state of the connection that is seen while its life runs.</summary>
    public string Show(LateConnectionState state)
    {
        if (Phase != LifePhase.Running)
        {
            return "happened";
        }

        _states.Add(state);
        return "happened state";
    }

    public string BecomeReady()
    {
        _isRefused = false;
        return Show(LateConnectionState.Ready);
    }

    /// <summary>The first request decides how the session ends.</summary>
    public string RequestStop(int variant)
    {
        _stopRequest ??= variant % 2 == 0 ? LateDisconnectReason.SupervisorStopping : LateDisconnectReason.HandlerStopped;
        return StopOnce();
    }

    public string StopOnce() => IsStopped ? "nothing" : Stop();

    public string Stop()
    {
        (Phase, _next.IsDeferred) = (LifePhase.Stopping, false);
        _next.EndAdoption();
        _states.Add(LateConnectionState.Stopping);
        return Describe("happened", "state", _work.RefuseAll(), Discard());
    }

    public string Fault()
    {
        var isNew = !IsEnding;
        var isLogged = _isFaultLogged;
        _isFaultLogged = true;
        _next.EndAdoption();
        if (!isNew)
        {
            return isLogged ? "nothing" : "nothing fault";
        }

        Phase = LifePhase.Faulted;
        _states.Add(LateConnectionState.Faulted);
        return Describe("happened", "state", _work.RefuseAll(), isLogged ? "" : "fault", Discard(), _next.Undefer());
    }

    public string RequestLife()
    {
        if (Phase != LifePhase.Faulted || !_mayRevive)
        {
            return "nothing";
        }

        _next.IsInterrupted = true;
        return "happened interrupted";
    }

    private string StandBy()
    {
        BeginAgain(LifePhase.Standby);
        _states.Add(LateConnectionState.Standby);
        return Describe("happened", "state", Discard());
    }

    private void BeginAgain(LifePhase life)
    {
        (Phase, _isFaultLogged, _isRefused, Yields) = (life, false, false, false);
        _sessions.IsConnecting = _next.IsInterrupted = false;
    }

    private string Become(LifePhase life)
    {
        Phase = life;
        return "happened";
    }

    private string Discard() => _next.Discard() ? "discarded" : "";

    private static string Describe(params string[] words) => string.Join(" ", words.Where(static word => word.Length > 0));
}
