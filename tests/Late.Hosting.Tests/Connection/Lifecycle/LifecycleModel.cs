using Late.Hosting.Connection.Lifecycle;

namespace Late.Hosting.Tests.Connection.Lifecycle;

/// <summary>
/// What a lifecycle is expected to do, as rules of its own and without the table: slow, and easy to read. It has no lock.
/// </summary>
internal sealed class LifecycleModel
{
    public const int Sessions = 210;

    private readonly SessionsModel _sessions = new();
    private readonly NextConnectionModel _next = new();
    private readonly WorkModel _work = new();
    private readonly LifeModel _life;

    public LifecycleModel() => _life = new LifeModel(_sessions, _next, _work);

    public LifecycleModel(LifecycleModel other)
    {
        (_sessions, _next, _work) = (new(other._sessions), new(other._next), new(other._work));
        _life = new(other._life, _sessions, _next, _work);
    }

    /// <summary>How many sessions there may be: one more than the number of the last that was opened.</summary>
    public int Opened => _sessions.Opened;

    /// <summary>How many items were submitted.</summary>
    public int Items => _work.Items;

    private bool TakesWork => !_life.IsEnding && _sessions.Slot == SessionPhase.Ready;

    /// <summary>How a session is drained: what a second request changes of the first is shown by <see cref="OvertakenRequestTests"/>.</summary>
    public static int DrainOf(int variant) => variant % 4 == 3 ? 2 : variant;

    public string Describe() => $"{_life.Phase} {_sessions.Describe()} {_life.Describe()} work {_work.Count}";

    public string Do(Step step, int item = -1)
    {
        _work.Items += step.Kind == StepKind.Submit ? 1 : 0;
        var (session, phase, isOpen) = (step.Session, _sessions.PhaseOf(step.Session), _sessions.IsOpen(step.Session));
        var isClosed = phase == SessionPhase.Closed;
        var isClosing = phase is SessionPhase.Closing or SessionPhase.HeldClose;
        var continues = !_life.IsEnding && session == _sessions.Present && isOpen && !isClosing;
        switch (step.Kind)
        {
            case StepKind.Yield:
                return Yield(isOver: step.Variant % 2 == 0);
            case StepKind.Open when _life.IsEnding || _next.IsInterrupted || _life.Yields:
                return "nothing";
            case StepKind.Open when _sessions.Slot == SessionPhase.Connecting:
                return Open(session);
            case StepKind.Detach when !continues || (_sessions.WillDrain.TryGetValue(session, out var pending) && pending % 4 == 3):
                return "nothing discarded";
            case StepKind.Detach:
                return _next.Detach(session) ? "happened discarded" : "happened";
            case StepKind.Prepare:
                return _next.Prepare(session, continues);
            case StepKind.RefuseCandidate when !continues:
                return "nothing";
            case StepKind.RefuseCandidate:
                _next.Refuse(session);
                return "happened";
            case StepKind.TakeCandidate:
                return _next.Adopt();
            case StepKind.HandlerConnected or StepKind.HandlerHeld when phase == SessionPhase.Opening:
                return _sessions.Move(session, step.Kind == StepKind.HandlerHeld ? SessionPhase.Held : SessionPhase.Releasing);
            case StepKind.HandlerConnected or StepKind.HandlerHeld when phase is SessionPhase.Closing or SessionPhase.Closed:
                return "nothing";
            case StepKind.Release when phase == SessionPhase.Held:
                return _sessions.Move(session, SessionPhase.Releasing);
            case StepKind.Release when (isOpen && phase != SessionPhase.Opening) || isClosed:
                return "nothing";
            case StepKind.FramesWritten when phase == SessionPhase.Releasing:
                return BecomeReady(session);
            case StepKind.FramesWritten when phase is SessionPhase.Closing or SessionPhase.HeldClose or SessionPhase.Closed:
                return "nothing";
            case StepKind.ReadyTimeout when phase is SessionPhase.Opening or SessionPhase.Held or SessionPhase.Releasing:
                return End(session, 2);
            case StepKind.End when isClosed && _sessions.Followed.Contains(session) && step.Variant % 4 < 2 && (_sessions.Present ?? session) == session:
                return step.Variant % 4 == 0 ? _life.StopOnce() : _life.Fault();
            case StepKind.ReadyTimeout or StepKind.End or StepKind.Drain or StepKind.BeginClosing when isClosed:
                return "nothing";
            case StepKind.ReadyTimeout when isOpen:
                return "nothing";
            case StepKind.Drain when isOpen:
                _ = isClosing || _sessions.WillDrain.TryAdd(session, DrainOf(step.Variant));
                return _sessions.Move(session, phase == SessionPhase.Ready ? SessionPhase.Draining : phase);
            case StepKind.BeginClosing when isClosing:
                return "nothing";
            case StepKind.BeginClosing when isOpen:
                return Close(session, step.Variant);
            case StepKind.HoldClose or StepKind.ReleaseClose when isClosed:
                return "nothing";
            case StepKind.HoldClose or StepKind.ReleaseClose when phase is SessionPhase.Closing or SessionPhase.HeldClose:
                var to = step.Kind == StepKind.HoldClose ? SessionPhase.HeldClose : SessionPhase.Closing;
                return to == phase ? "nothing" : _sessions.Move(session, to);
            case StepKind.End when isOpen:
                return End(session, step.Variant);
            case StepKind.Abandon when isOpen:
                return End(session, 0);
            case StepKind.Abandon when isClosed:
                return "nothing";
            case StepKind.Logged:
                return _sessions.Logged(session);
            case StepKind.Leave when isClosed && session == _sessions.Present:
                _sessions.Leave();
                return Describe("happened", _work.RefuseOfSession(), _next.Undefer());
            case StepKind.RequestReconnect:
                return RequestReconnect(step.Variant);
            case StepKind.RenewInterruption:
                _next.IsInterrupted = false;
                return "nothing";
            case StepKind.RequestStop:
                return RequestStop(step.Variant);
            case StepKind.Submit:
                return _life.IsEnding ? "Refused" : _work.Submit(item, step.Variant % 2 == 0, step.Variant % 4 > 1, TakesWork, isDraining: _sessions.Slot == SessionPhase.Draining);
            case StepKind.Take:
                return _work.Take(TakesWork);
            default:
                return _life.Do(step.Kind, step.Variant);
        }
    }

    private string Open(int session)
    {
        _sessions.Open(session);
        _sessions.BeingLogged.Add(session);
        _next.EndAdoption();
        return Describe(_life.Show(LateConnectionState.Connected), "open");
    }

    private string BecomeReady(int session)
    {
        var shown = _life.BecomeReady();
        var drains = _sessions.WillDrain.ContainsKey(session);
        _sessions.Move(session, drains ? SessionPhase.Draining : SessionPhase.Ready);
        _sessions.BeingLogged.Add(session);
        return Describe(shown, TakesWork ? _work.Admit() : "", "ready");
    }

    private string Close(int session, int variant)
    {
        _sessions.Closings[session] = variant;
        _sessions.Move(session, SessionPhase.Closing);
        return Describe(_life.Show(LateConnectionState.Reconnecting), _sessions.LogEnd(session), _work.RefuseOfSession(), _next.DiscardBefore(variant));
    }

    private string End(int session, int variant)
    {
        // What a close of ours begins with is not taken back by another end, unless nothing is to follow after that.
        var wasClosing = _sessions.Closings.TryGetValue(session, out var closing);
        variant = wasClosing && closing % 4 < 2 ? closing : variant;
        _sessions.Move(session, SessionPhase.Closed);
        _ = variant % 4 < 2 || _sessions.Followed.Add(session);
        string follows;
        switch (variant % 4)
        {
            case 0:
                follows = _life.IsStopped ? "happened" : _life.Stop();
                break;
            case 1:
                follows = _life.Fault();
                break;
            default:
                follows = wasClosing ? "happened" : Describe(_life.Show(LateConnectionState.Reconnecting), _work.RefuseOfSession(), _next.DiscardBefore(variant));
                break;
        }

        // The session's end is reported before what follows for the connection.
        var words = follows.Split(' ', 2);
        return Describe("happened", wasClosing ? "" : _sessions.LogEnd(session), words.Length > 1 ? words[1] : "");
    }

    private string RequestStop(int variant)
    {
        var stopped = _life.RequestStop(variant);
        if (_sessions.Continuing is not { } session)
        {
            return stopped;
        }

        _sessions.Closings[session] = 0;
        return Describe(_sessions.Move(session, SessionPhase.Closing), _sessions.LogEnd(session), string.Join(" ", stopped.Split(' ').Skip(1)));
    }

    /// <summary>The session ends, where there is one, and the life is to follow it.</summary>
    private string Yield(bool isOver)
    {
        if (_life.Phase is LifePhase.NotStarted or LifePhase.Standby)
        {
            return "nothing";
        }

        var effects = "nothing";
        if (_sessions.Present is { } session && _sessions.IsOpen(session))
        {
            effects = isOver ? End(session, 2)
                : !_life.IsEnding && _sessions.Continuing is not null ? Close(session, 2)
                : effects;
        }

        if (_life.IsEnding || _life.Yields)
        {
            return effects;
        }

        _life.Yields = true;
        return Describe(effects == "nothing" ? "happened" : effects, "interrupted", Discard());
    }

    /// <summary>Where the connection is made that follows, it answers a request, until it becomes none; one that wants a delay is for the session after it.</summary>
    private string RequestReconnect(int variant)
    {
        if (_life.Phase is not (LifePhase.Running or LifePhase.Restarting or LifePhase.Initializing))
        {
            return _life.Phase is LifePhase.Starting or LifePhase.Standby ? "happened" : _life.RequestLife();
        }

        var wantsDelay = variant % 4 == 3;
        if (_sessions.Continuing is { } session)
        {
            if (_next.IsCandidateMade)
            {
                _next.IsDeferred |= wantsDelay;
                return Describe(Close(session, 2), wantsDelay ? "deferred" : "");
            }

            _next.IsDeferred = false;
            var discarded = Discard();
            return Describe(Close(session, 2), discarded);
        }

        if (_next.IsMade)
        {
            _next.IsDeferred = true;
            return wantsDelay ? "happened deferred" : "happened";
        }

        (_next.IsInterrupted, _next.IsDeferred) = (true, false);
        _next.EndAdoption();
        return Describe("happened", "interrupted", Discard());
    }

    private string Discard() => _next.Discard() ? "discarded" : "";

    private static string Describe(params string[] words) => string.Join(" ", words.Where(static word => word.Length > 0));
}
