using System.Globalization;
using Late.Hosting.Simulation.Network;
using Late.Hosting.Simulation.Worlds;

namespace Late.Hosting.Simulation.Handling;

/// <summary>What all callbacks have in common: they take their time, do something in addition, and come to a result.</summary>
internal sealed class Acts(ILateClient<SimulationHandler> self, Subject subject, SimulationHandler handler)
{
    private readonly SideActs _sides = new(self, subject, handler);
    private int _frames;
    private int _readyAfterFrame;
    private int _connectFrames;
    private bool _isHeld;
    private bool _hasAsked;

    public int Session { get; private set; }

    public int Frames => _frames;

    /// <summary>What callbacks do in addition, and what comes of it.</summary>
    public SideActs Sides => _sides;

    public string SessionText { get; private set; } = "";

    /// <summary>The delay of the first reconnect that a callback of this session asked for.</summary>
    public TimeSpan? AskedAfter { get; private set; }

    /// <summary>True when calls may come: nothing holds them, and the frames that had to go first are written.</summary>
    public bool IsReady => !_isHeld && subject.Sessions[Session - 1].LastHandlerFrame >= _readyAfterFrame;

    public void BeginSession(int session)
    {
        (Session, SessionText) = (session, session.ToString(CultureInfo.InvariantCulture));
        (_frames, _readyAfterFrame, _connectFrames, _isHeld, AskedAfter) = (0, 0, 0, true, null);
        _hasAsked = !subject.Rotations.IsOpen;
        _sides.BeginSession();
    }

    public async ValueTask<Outcome> TakeTimeAsync(string callback, CancellationToken cancellationToken)
    {
        var (dice, plan) = (subject.Dice, subject.Plan.Handler);
        var pace = (Pace)dice.Weighted(plan.Paces);
        var outcome = (Outcome)dice.Weighted(plan.Outcomes);
        if (pace != Pace.Immediate || outcome > Outcome.Send)
        {
            subject.Trace.Write($"{callback}: {pace}, {outcome}");
        }

        switch (pace)
        {
            case Pace.Yields:
                await Task.Yield();
                break;
            case Pace.Later:
                await subject.World.DelayAsync(dice.Time(1, (int)plan.MostDelay.TotalMilliseconds), dice.Chance(50) ? cancellationToken : default);
                break;
            case Pace.UntilCancelled:
                await subject.World.DelayAsync(null, cancellationToken);
                break;
            case Pace.Never when dice.Chance(30):
                subject.HasHung = true;
                await subject.World.DelayAsync(null, default);
                break;
        }

        try
        {
            _sides.Do((Side)dice.Weighted(plan.Sides));
        }
        catch (LateDisconnectedException) when (callback is "Connect" or "In" or "Info" or "CallEnd" or "Unsubscribe")
        {
            // The session has ended that a delayed post would belong to.
            subject.Errors.OnFailing(callback, Session, throws: true);
            throw;
        }

        if (subject.Plan.PostsAnywhere && subject.World.Chances.Slots.Chance(15))
        {
            subject.FreePosts.PostOwn(handler);
        }

        return outcome;
    }

    /// <summary>The result of a callback inside a session.</summary>
    public LateResult<long> Conclude(string callback, Outcome outcome, int callId = 0, Action<int>? onThrown = null)
    {
        var dice = subject.Dice;
        var isConnect = callback == "Connect";
        if (outcome is Outcome.Throw or Outcome.Invalid)
        {
            onThrown?.Invoke(callId);
            subject.Errors.OnFailing(callback, Session, outcome == Outcome.Throw);
        }

        if (outcome is Outcome.Throw)
        {
            throw new SimulatedException();
        }

        if (outcome is Outcome.Invalid)
        {
            var invalid = subject.Life.NewState();
            return isConnect || dice.Chance(50) ? LateResult.Send(invalid, LateFrame.Text("never"), default) : LateResult.Ok(invalid).HoldCalls();
        }

        var state = subject.Life.NewState();
        var frames = new LateFrame[outcome == Outcome.Send ? dice.Chance(70) ? 1 : dice.Between(2, 5) : callId > 0 && dice.Chance(50) ? 1 : 0];
        for (var i = 0; i < frames.Length; i++)
        {
            frames[i] = Frame(callId);
        }

        _connectFrames = isConnect ? _frames : _connectFrames;
        var result = frames.Length switch
        {
            0 => LateResult.Ok(state),
            1 => LateResult.Send(state, frames[0]),
            _ => dice.Chance(50) ? LateResult.Send(state, frames) : LateResult.Send(state, new List<LateFrame>(frames)),
        };
        if (isConnect && dice.Chance(subject.Plan.Handler.HoldsPercent))
        {
            result = result.HoldCalls();
        }
        else if (isConnect || (_isHeld && dice.Chance(60)))
        {
            result = isConnect ? result : result.ReleaseCalls();
            // What a result releases calls with may wait for the send limit; what HandleConnect sends may not.
            (_isHeld, _readyAfterFrame) = (false, isConnect || !subject.SendLimit.IsSet ? _frames : _connectFrames);
        }
        else if (!_isHeld && subject.World.Chances.Switches.Chance(subject.Plan.Handler.ReleasesAgainPercent))
        {
            result = result.ReleaseCalls();
        }

        if (outcome == Outcome.Reconnect)
        {
            var after = dice.Pick<TimeSpan?>(null, null, TimeSpan.Zero, dice.Time(1, 5000));
            var request = subject.Requests.Draw(isInSession: true);
            result = request is null ? result.ThenReconnect("the handler's request", after) : result.ThenReconnect(request.Request);
            AskedAfter = _hasAsked ? AskedAfter : after;
            _hasAsked = true;
            subject.Requests.OnResult(Session);
        }
        else if (outcome == Outcome.Stop)
        {
            result = result.ThenStop(dice.Pick(1000, 1001, 4001), "enough");
        }
        else if (outcome == Outcome.Fault)
        {
            result = result.ThenFault("the account is closed", subject.World.Chances.Lives.Chance(50) ? new SimulatedException() : null);
        }

        if (subject.Closings.IsHeld && (dice.Chance(40) || outcome is Outcome.Reconnect or Outcome.Stop or Outcome.Fault))
        {
            result = result.ReleaseClose();
            subject.Closings.OnReleased(outcome == Outcome.Reconnect);
        }

        if (isConnect)
        {
            subject.Closings.OnConnected();
        }

        subject.Life.Accept(state);
        return result;
    }

    /// <summary>The result of <c>HandleClosing</c>.</summary>
    public LateResult<long> MakeGoodbye(Outcome outcome)
    {
        var dice = subject.Dice;
        var state = subject.Life.NewState();
        switch (outcome)
        {
            case Outcome.Throw:
                throw new SimulatedException();
            case Outcome.Reconnect:
                return LateResult.Reconnect(state);
            case Outcome.Stop:
                return LateResult.Stop(state);
            case Outcome.Fault:
                return LateResult.Fault(state, "misuse");
            case Outcome.Invalid:
                return LateResult.Send(state, LateFrame.Text("never"), default);
        }

        var first = _frames + 1;
        var result = LateResult.Send(state, [.. Enumerable.Range(0, dice.Below(4)).Select(_ => Frame(0))]);
        int? code = dice.Chance(30) ? dice.Pick(1001, 4001) : null;
        result = code is { } chosen ? result.CloseWith(chosen, "goodbye") : result;
        var (holds, releases) = (dice.Chance(50), dice.Chance(20));
        result = holds ? result.HoldClose() : result;
        result = releases ? result.ReleaseClose() : result;
        subject.Trace.Write($"the goodbye has {_frames + 1 - first} frames, code {code}{(holds ? ", and holds" : "")}{(releases ? ", and releases" : "")}");
        subject.Closings.OnGoodbye(first, _frames, code, holds && !releases);
        subject.Life.Accept(state);
        return result;
    }

    /// <summary>The result of <c>HandleDisconnect</c>.</summary>
    public LateDisconnectResult<long> Decide(Outcome outcome, out Disconnected decision)
    {
        decision = Disconnected.Default;
        var state = subject.Life.NewState();
        switch (outcome)
        {
            case Outcome.Throw or Outcome.Invalid:
                throw new SimulatedException();
            case Outcome.Reconnect:
                var after = subject.Dice.Pick<TimeSpan?>(null, TimeSpan.Zero, subject.Dice.Time(1, 5000));
                subject.Life.Accept(state);
                if (subject.Requests.Draw(isInSession: false) is { } request)
                {
                    decision = new Disconnected(true, request.Request.After, Request: request);
                    return LateDisconnectResult.Reconnect(state, request.Request);
                }

                decision = new Disconnected(true, after);
                return after is { } delay ? LateDisconnectResult.ReconnectAfter(state, delay) : LateDisconnectResult.Reconnect(state);
            case Outcome.Stop:
                subject.Life.Accept(state);
                return LateDisconnectResult.Stop(state);
            case Outcome.Fault:
                decision = new Disconnected(false, null, IsFault: true);
                subject.Life.Accept(state);
                return LateDisconnectResult.Fault(state, "the account is closed", new SimulatedException());
            default:
                subject.Life.Accept(state);
                return LateDisconnectResult.Ok(state);
        }
    }

    private LateFrame Frame(int callId)
    {
        var text = $"h:{Session}:{++_frames}:{callId}:{Secrets.Payload}{new string('-', subject.Dice.Below(subject.Plan.Handler.MostFrameChars))}";
        return subject.Dice.Chance(50) ? LateFrame.Text(text) : LateFrame.Binary(System.Text.Encoding.UTF8.GetBytes(text));
    }
}
