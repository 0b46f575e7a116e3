using Late.Hosting.Connection.Lifecycle;

namespace Late.Hosting.Tests.Connection.Lifecycle;

/// <summary>
/// What a lifecycle is expected to do, as rules of its own and without the table: slow, and easy to read. It has no lock.
/// </summary>
internal sealed class LifecycleModel
{
    public const int Capacity = 2;
    public const int Sessions = 210;

    private static readonly HashSet<SessionPhase> s_open =
        [SessionPhase.Opening, SessionPhase.Held, SessionPhase.Releasing, SessionPhase.Ready, SessionPhase.Draining, SessionPhase.Closing, SessionPhase.HeldClose];

    private readonly Dictionary<int, SessionPhase> _phases = [];
    private readonly Dictionary<int, int> _willDrain = [];
    private readonly Dictionary<int, int> _closings = [];
    private readonly HashSet<int> _beingLogged = [];
    private readonly HashSet<int> _ended = [];
    private readonly HashSet<int> _made = [];
    private readonly HashSet<int> _handlesLast = [];
    private readonly List<LateConnectionState> _states = [];
    private readonly List<(int Number, bool Waits, bool Stays)> _admitted = [];
    private readonly List<(int Number, bool Waits, bool Stays)> _waiting = [];
    private LifePhase _life;
    private int? _session;
    private bool _isConnecting;
    private int? _candidate;
    private bool _isPrepared;
    private int? _adopted;
    private bool _isDeferred;
    private bool _isInterrupted;
    private bool _isFaultLogged;
    private bool _mayRevive = true;
    private bool _yields;

    public LifecycleModel()
    {
    }

    public LifecycleModel(LifecycleModel other)
    {
        (_life, _session, _isConnecting, _candidate, _isPrepared, _isInterrupted, _isFaultLogged, Opened, Items) =
            (other._life, other._session, other._isConnecting, other._candidate, other._isPrepared, other._isInterrupted, other._isFaultLogged, other.Opened, other.Items);
        (_phases, _willDrain, _closings) = (new(other._phases), new(other._willDrain), new(other._closings));
        (_beingLogged, _ended) = ([.. other._beingLogged], [.. other._ended]);
        (_mayRevive, _yields, _adopted, _isDeferred) = (other._mayRevive, other._yields, other._adopted, other._isDeferred);
        (_made, _handlesLast) = ([.. other._made], [.. other._handlesLast]);
        (_states, _admitted, _waiting) = ([.. other._states], [.. other._admitted], [.. other._waiting]);
    }

    /// <summary>How many sessions there may be: one more than the number of the last that was opened.</summary>
    public int Opened { get; private set; }

    /// <summary>How many items were submitted.</summary>
    public int Items { get; private set; }

    private bool IsEnding => _life is LifePhase.Stopping or LifePhase.Stopped or LifePhase.Faulted or LifePhase.Retired;

    // The connection is made that follows, and no session has it.
    private bool IsMade => (_candidate ?? _adopted) is { } next && _made.Contains(next);

    private SessionPhase Slot => _session is { } session ? PhaseOf(session) : _isConnecting ? SessionPhase.Connecting : SessionPhase.None;

    public string Describe() =>
        $"{_life} {Slot} {_session} {string.Join(",", Enumerable.Range(0, Opened).Select(PhaseOf))} {string.Join(",", _states)} work {_admitted.Count + _waiting.Count}";

    public string Do(Step step, int item = -1)
    {
        Items += step.Kind == StepKind.Submit ? 1 : 0;
        var (session, phase) = (step.Session, PhaseOf(step.Session));
        var isOpen = s_open.Contains(phase);
        var isClosed = phase == SessionPhase.Closed;
        var isClosing = phase is SessionPhase.Closing or SessionPhase.HeldClose;
        var continues = !IsEnding && session == _session && isOpen && !isClosing;
        switch (step.Kind)
        {
            case StepKind.StandBy when _session is null && _life is LifePhase.NotStarted or LifePhase.Restarting or LifePhase.Faulted:
                return StandBy();
            case StepKind.StandBy when _session is null && _life is LifePhase.Standby or LifePhase.Stopping or LifePhase.Stopped:
                return "nothing";
            case StepKind.Yield:
                return Yield(isOver: step.Variant % 2 == 0);
            case StepKind.Start when _life == LifePhase.NotStarted:
                return Become(LifePhase.Starting);
            case StepKind.Start when _life == LifePhase.Standby:
                _states.Add(LateConnectionState.Connecting);
                return Describe(Become(LifePhase.Starting), "state");
            case StepKind.Start when _life is LifePhase.Stopping or LifePhase.Stopped:
                return "nothing";
            case StepKind.BeginAttempt when IsEnding && _life != LifePhase.Retired:
                return "nothing";
            case StepKind.BeginAttempt when _yields && _life is LifePhase.Starting or LifePhase.Running:
                _life = LifePhase.Running;
                return "nothing";
            case StepKind.BeginAttempt when _life is LifePhase.Starting or LifePhase.Running && Slot == SessionPhase.None:
                (_life, _isConnecting) = (LifePhase.Running, true);
                return _states.LastOrDefault() == LateConnectionState.Connecting ? "happened" : Show(LateConnectionState.Connecting);
            case StepKind.FailAttempt when Slot == SessionPhase.Connecting:
                (_isConnecting, _adopted) = (false, null);
                return Describe(Show(LateConnectionState.Reconnecting), Undefer());
            case StepKind.Open when IsEnding || _isInterrupted || _yields:
                return "nothing";
            case StepKind.Open when Slot == SessionPhase.Connecting:
                return Open(session);
            case StepKind.Detach when !continues || (_willDrain.TryGetValue(session, out var pending) && pending % 4 == 3):
                return "nothing discarded";
            case StepKind.Detach:
                var replaces = Discard();
                _candidate = session;
                _made.Remove(session);
                return Describe("happened", replaces ? "discarded" : "");
            case StepKind.Prepare when session != _candidate:
                _ = session == _adopted ? _made.Add(session) : _made.Remove(session);
                return "nothing";
            case StepKind.Prepare when !_isPrepared:
                _isPrepared = _made.Add(session);
                return continues ? "happened" : "nothing";
            case StepKind.RefuseCandidate when !continues:
                return "nothing";
            case StepKind.RefuseCandidate:
                _ = session == _candidate && Discard();
                return "happened";
            case StepKind.TakeCandidate:
                _adopted = _candidate;
                return Discard() ? "candidate" : "nothing";
            case StepKind.HandlerConnected or StepKind.HandlerHeld when phase == SessionPhase.Opening:
                return Move(session, step.Kind == StepKind.HandlerHeld ? SessionPhase.Held : SessionPhase.Releasing);
            case StepKind.HandlerConnected or StepKind.HandlerHeld when phase is SessionPhase.Closing or SessionPhase.Closed:
                return "nothing";
            case StepKind.Release when phase == SessionPhase.Held:
                return Move(session, SessionPhase.Releasing);
            case StepKind.Release when (isOpen && phase != SessionPhase.Opening) || isClosed:
                return "nothing";
            case StepKind.FramesWritten when phase == SessionPhase.Releasing:
                return BecomeReady(session);
            case StepKind.FramesWritten when phase is SessionPhase.Closing or SessionPhase.HeldClose or SessionPhase.Closed:
                return "nothing";
            case StepKind.ReadyTimeout when phase is SessionPhase.Opening or SessionPhase.Held or SessionPhase.Releasing:
                return End(session, 2);
            case StepKind.End when isClosed && _handlesLast.Contains(session) && step.Variant % 4 < 2:
                return step.Variant % 4 == 0 ? StopOnce() : Fault();
            case StepKind.ReadyTimeout or StepKind.End or StepKind.Drain or StepKind.BeginClosing when isClosed:
                return "nothing";
            case StepKind.ReadyTimeout when isOpen:
                return "nothing";
            case StepKind.Drain when isOpen:
                var isFirst = !isClosing && _willDrain.TryAdd(session, step.Variant);
                _phases[session] = phase == SessionPhase.Ready ? SessionPhase.Draining : phase;
                return Describe("happened", isFirst ? DiscardBefore(step.Variant) : "");
            case StepKind.BeginClosing when isClosing:
                return "nothing";
            case StepKind.BeginClosing when isOpen:
                return Close(session, step.Variant);
            case StepKind.HoldClose or StepKind.ReleaseClose when isClosed:
                return "nothing";
            case StepKind.HoldClose or StepKind.ReleaseClose when phase is SessionPhase.Closing or SessionPhase.HeldClose:
                var to = step.Kind == StepKind.HoldClose ? SessionPhase.HeldClose : SessionPhase.Closing;
                return to == phase ? "nothing" : Move(session, to);
            case StepKind.End when isOpen:
                return End(session, step.Variant);
            case StepKind.Abandon when isOpen:
                return End(session, 0);
            case StepKind.Abandon when isClosed:
                return "nothing";
            case StepKind.Logged:
                _beingLogged.Remove(session);
                return Describe("nothing", _ended.Contains(session) ? $"end:{session}" : "");
            case StepKind.Leave when isClosed && session == _session:
                (_session, _isConnecting) = (null, false);
                return Describe("happened", "", "", RefuseOfSession(), Undefer());
            case StepKind.RequestReconnect:
                return RequestReconnect(step.Variant);
            case StepKind.RequestLife:
                return RequestLife();
            case StepKind.EndLives:
                _mayRevive = false;
                return "nothing";
            case StepKind.RenewInterruption:
                _isInterrupted = false;
                return "nothing";
            case StepKind.Stop:
                return StopOnce();
            case StepKind.RequestStop:
                return RequestStop();
            case StepKind.Fault when _life != LifePhase.NotStarted:
                return Fault();
            case StepKind.EndLife when _life is LifePhase.Starting or LifePhase.Running && Slot == SessionPhase.None:
                (_life, _adopted) = (LifePhase.Restarting, null);
                return Describe("happened", Discard() ? "discarded" : "", Undefer());
            case StepKind.BeginLife when _life == LifePhase.Restarting:
                return Become(LifePhase.Initializing);
            case StepKind.Initialized when _life == LifePhase.Initializing:
                return Become(LifePhase.Running);
            case StepKind.EndLife or StepKind.BeginLife or StepKind.Initialized when _life is LifePhase.Stopping or LifePhase.Stopped:
            case StepKind.EndLife when _life == LifePhase.Faulted:
                return "nothing";
            case StepKind.Revive when _life == LifePhase.Faulted && _session is null:
                _isFaultLogged = _isConnecting = _isInterrupted = _yields = false;
                _life = LifePhase.Starting;
                _states.Add(LateConnectionState.Connecting);
                return "happened state";
            case StepKind.Revive when _life is LifePhase.Stopping or LifePhase.Stopped && _session is null:
                return "nothing";
            case StepKind.Finish when _life == LifePhase.Stopping:
                _life = LifePhase.Stopped;
                _states.Add(LateConnectionState.Stopped);
                return "happened state";
            case StepKind.Finish when _life == LifePhase.Stopped:
                return "nothing";
            case StepKind.Finish when _life == LifePhase.Retired:
                return "nothing";
            case StepKind.Retire when _life == LifePhase.Faulted:
                _life = LifePhase.Retired;
                return "happened state";
            case StepKind.Retire when _life is LifePhase.Stopping or LifePhase.Stopped or LifePhase.Retired:
                return "nothing";
            case StepKind.Submit:
                return Submit(item, step.Variant % 2 == 0, step.Variant % 4 > 1);
            case StepKind.Take:
                return Take();
            default:
                return "illegal";
        }
    }

    private SessionPhase PhaseOf(int session) => _phases.GetValueOrDefault(session);

    private string Become(LifePhase life)
    {
        _life = life;
        return "happened";
    }

    private string Move(int session, SessionPhase to)
    {
        _phases[session] = to;
        return "happened";
    }

    private string Show(LateConnectionState state)
    {
        if (_life != LifePhase.Running)
        {
            return "happened";
        }

        _states.Add(state);
        return "happened state";
    }

    private string Enter(int session)
    {
        (_session, _phases[session], Opened) = (session, SessionPhase.Opening, Math.Max(Opened, session + 1));
        return Show(LateConnectionState.Connected);
    }

    private string Open(int session)
    {
        var opened = Enter(session);
        _adopted = null;
        _beingLogged.Add(session);
        return Describe(opened, "open");
    }

    private string BecomeReady(int session)
    {
        var shown = Show(LateConnectionState.Ready);
        _phases[session] = _willDrain.ContainsKey(session) ? SessionPhase.Draining : SessionPhase.Ready;
        _beingLogged.Add(session);
        var accepted = Admit();
        return Describe(shown, "", "", "", accepted.Length > 0 ? $"accepted:{accepted}" : "", "ready");
    }

    private string Close(int session, int variant)
    {
        _closings[session] = variant;
        _phases[session] = SessionPhase.Closing;
        return Describe(Show(LateConnectionState.Reconnecting), LogEnd(session), RefuseOfSession(), DiscardBefore(variant));
    }

    private string End(int session, int variant)
    {
        // What a close of ours begins with is not taken back by another end, unless nothing is to follow after that.
        var wasClosing = _closings.TryGetValue(session, out var closing);
        variant = wasClosing && closing % 4 < 2 ? closing : variant;
        _phases[session] = SessionPhase.Closed;
        _ = variant % 4 < 2 && _handlesLast.Remove(session);
        string follows;
        switch (variant % 4)
        {
            case 0:
                follows = _life is LifePhase.Stopping or LifePhase.Stopped or LifePhase.Retired ? "happened" : Stop();
                break;
            case 1:
                follows = Fault();
                break;
            default:
                follows = wasClosing ? "happened" : Describe(Show(LateConnectionState.Reconnecting), RefuseOfSession(), DiscardBefore(variant));
                break;
        }

        // The session's end is reported before what follows for the connection.
        var words = follows.Split(' ', 2);
        return Describe("happened", wasClosing ? "" : LogEnd(session), words.Length > 1 ? words[1] : "");
    }

    private string StopOnce() => _life is LifePhase.Stopping or LifePhase.Stopped or LifePhase.Retired ? "nothing" : Stop();

    private string RequestStop()
    {
        var stopped = StopOnce();
        if (_session is not { } session || !s_open.Contains(PhaseOf(session)) || _closings.ContainsKey(session))
        {
            return stopped;
        }

        (_closings[session], _phases[session]) = (0, SessionPhase.Closing);
        return Describe("happened", LogEnd(session), string.Join(" ", stopped.Split(' ').Skip(1)));
    }

    private string LogEnd(int session)
    {
        _ended.Add(session);
        return _beingLogged.Contains(session) ? $"left:{session}" : $"left:{session} end:{session}";
    }

    private string Stop()
    {
        (_life, _adopted, _isDeferred) = (LifePhase.Stopping, null, false);
        _states.Add(LateConnectionState.Stopping);
        return Describe("happened", "", "state", RefuseAll(), Discard() ? "discarded" : "");
    }

    private string Fault()
    {
        var isNew = !IsEnding;
        var isLogged = _isFaultLogged;
        (_isFaultLogged, _adopted) = (true, null);
        if (!isNew)
        {
            return isLogged ? "nothing" : "nothing fault";
        }

        _life = LifePhase.Faulted;
        _states.Add(LateConnectionState.Faulted);
        return Describe("happened", "", "state", RefuseAll(), isLogged ? "" : "fault", Discard() ? "discarded" : "", Undefer());
    }

    private string StandBy()
    {
        _life = LifePhase.Standby;
        _isFaultLogged = _isConnecting = _isInterrupted = _yields = false;
        _states.Add(LateConnectionState.Standby);
        return Describe("happened", "state", Discard() ? "discarded" : "");
    }

    /// <summary>The session ends, where there is one, and the life is to follow it.</summary>
    private string Yield(bool isOver)
    {
        if (_life is LifePhase.NotStarted or LifePhase.Standby)
        {
            return "nothing";
        }

        var effects = "nothing";
        if (_session is { } session && s_open.Contains(PhaseOf(session)))
        {
            effects = isOver ? End(session, 2)
                : !IsEnding && !_closings.ContainsKey(session) ? Close(session, 2)
                : effects;
        }

        if (IsEnding || _yields)
        {
            return effects;
        }

        _yields = true;
        return Describe(effects == "nothing" ? "happened" : effects, "interrupted", Discard() ? "discarded" : "");
    }

    /// <summary>Where the connection is made that follows, it answers a request, until it becomes none; one that wants a delay is for the session after it.</summary>
    private string RequestReconnect(int variant)
    {
        if (_life is not (LifePhase.Running or LifePhase.Restarting or LifePhase.Initializing))
        {
            return _life is LifePhase.Starting or LifePhase.Standby ? "happened" : RequestLife();
        }

        if (_session is { } session && s_open.Contains(PhaseOf(session)) && !_closings.ContainsKey(session))
        {
            if (_candidate is { } next && _made.Contains(next))
            {
                // What its server still sends is handled.
                _handlesLast.Add(session);
                _isDeferred |= variant % 4 == 3;
                return Describe(Close(session, 2), variant % 4 == 3 ? "deferred" : "");
            }

            var discarded = Discard() ? "discarded" : "";
            _isDeferred = false;
            return Describe(Close(session, 2), "", discarded);
        }

        if (IsMade)
        {
            _isDeferred = true;
            return variant % 4 == 3 ? "happened deferred" : "happened";
        }

        (_isInterrupted, _isDeferred) = (true, false);
        return Describe("happened", "", "interrupted", Discard() ? "discarded" : "");
    }

    private string Undefer()
    {
        if (IsMade || !_isDeferred)
        {
            return "";
        }

        (_isDeferred, _isInterrupted) = (false, true);
        return "interrupted";
    }

    private string RequestLife()
    {
        if (_life != LifePhase.Faulted || !_mayRevive)
        {
            return "nothing";
        }

        _isInterrupted = true;
        return "happened interrupted";
    }

    private bool Discard()
    {
        var had = _candidate is not null;
        (_candidate, _isPrepared) = (null, false);
        return had;
    }

    /// <summary>An end that wants a delay takes no connection that is there already.</summary>
    private string DiscardBefore(int variant) => variant % 4 == 3 && Discard() ? "discarded" : "";

    private string Submit(int number, bool waits, bool stays)
    {
        if (IsEnding)
        {
            return "Refused";
        }

        var takes = Slot is SessionPhase.Ready or SessionPhase.Draining;
        if (Slot == SessionPhase.Ready && _waiting.Count == 0 && _admitted.Count < Capacity)
        {
            _admitted.Add((number, waits, stays));
            return "Admitted";
        }

        if (!takes && !waits)
        {
            return "Refused";
        }

        _waiting.Add((number, waits, stays));
        return "Waiting";
    }

    private string Take()
    {
        if (_admitted.Count == 0)
        {
            return "nothing";
        }

        var number = _admitted[0].Number;
        _admitted.RemoveAt(0);
        var accepted = Admit();
        return accepted.Length > 0 ? $"took:{number} accepted:{accepted}" : $"took:{number}";
    }

    private string Admit()
    {
        var accepted = new List<int>();
        while (!IsEnding && Slot == SessionPhase.Ready && _waiting.Count > 0 && _admitted.Count < Capacity)
        {
            accepted.Add(_waiting[0].Number);
            _admitted.Add(_waiting[0]);
            _waiting.RemoveAt(0);
        }

        return string.Join(",", accepted);
    }

    private string RefuseAll()
    {
        var refused = _admitted.Concat(_waiting).Select(static item => item.Number).ToArray();
        _admitted.Clear();
        _waiting.Clear();
        return refused.Length > 0 ? $"refused:{string.Join(",", refused)}" : "";
    }

    private string RefuseOfSession()
    {
        var refused = _admitted.Where(static item => !item.Stays).Concat(_waiting.Where(static item => !item.Waits && !item.Stays)).Select(static item => item.Number).ToArray();
        _waiting.RemoveAll(static item => !item.Waits && !item.Stays);
        _waiting.InsertRange(0, _admitted.Where(static item => item.Stays));
        _admitted.Clear();
        return refused.Length > 0 ? $"refused:{string.Join(",", refused)}" : "";
    }

    private static string Describe(params string[] words) => string.Join(" ", words.Where(static word => word.Length > 0));
}
