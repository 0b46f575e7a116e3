using System.Globalization;
using Late.Hosting.Simulation.Worlds;

namespace Late.Hosting.Simulation.Handling;

/// <summary>A handler that does whatever the dice decide, and holds each callback against the promises.</summary>
internal sealed class SimulationHandler
    : ILateHandler<long>, ILateCallHandler<long, Ask, int>, ILateInfoHandler<long, Note>, ILateInfoHandler<long, OwnNote>, ILateInfoHandler<long, TimedNote>,
        ILateInfoHandler<long, LateReconnectFailed>, IAsyncDisposable
{
    private readonly Subject _subject;
    private readonly LatePendingCalls<int> _pending = new();
    private readonly List<(int Id, LateCall<int> Call)> _calls = [];
    private readonly Acts _acts;
    private int _messages;

    public SimulationHandler(ILateClient<SimulationHandler> self, Subjects subjects, StartRequest? request = null)
    {
        _subject = subjects.Begin(self, request);
        _subject.BeginLife(this);
        _acts = new Acts(self, _subject);
    }

    /// <summary>How many calls it still keeps for a reply.</summary>
    public int PendingCalls => _pending.Count;

    /// <summary>The number of the session that there is, or of the last.</summary>
    public int Session => _acts.Session;

    public bool IsDisposed { get; private set; }

    public async ValueTask<long> InitAsync(LateContext context, CancellationToken cancellationToken)
    {
        _subject.Life.Enter("Init", 0);
        try
        {
            var outcome = await _acts.TakeTimeAsync("Init", cancellationToken);
            if (outcome == Outcome.Throw && _subject.Dice.Chance(20))
            {
                throw new SimulatedException();
            }

            var state = _subject.Life.NewState();
            _subject.Life.Accept(state);
            return state;
        }
        finally
        {
            _subject.Life.Leave();
            _subject.Attempts.OnReadyToConnect();
        }
    }

    public async ValueTask<long> HandleConnectingAsync(LateHandshakeContext handshake, long state, CancellationToken cancellationToken)
    {
        _subject.Life.Enter("Connecting", state);
        var isInSession = _subject.Life.IsConnected;
        try
        {
            _subject.Preparations.OnBegins(handshake, isInSession);
            if (!_subject.Plan.Handler.Connects)
            {
                return state;
            }

            _subject.Preparations.Act(handshake, await _acts.TakeTimeAsync("Connecting", cancellationToken));
            var next = _subject.Life.NewState();
            _subject.Life.Accept(next);
            return next;
        }
        finally
        {
            _subject.Life.Leave();
            _subject.Preparations.OnEnds(isInSession);
        }
    }

    public async ValueTask<LateResult<long>> HandleConnectAsync(LateHandshake handshake, long state, CancellationToken cancellationToken)
    {
        _subject.Life.Enter("Connect", state);
        _subject.Errors.OnConnect();
        _subject.Rotations.OnHandleConnect();
        try
        {
            _messages = 0;
            _subject.Requests.OnConnecting();
            _acts.BeginSession(int.Parse(handshake.Headers["X-Session"].ToString(), CultureInfo.InvariantCulture));
            return _acts.Conclude("Connect", await _acts.TakeTimeAsync("Connect", cancellationToken));
        }
        finally
        {
            _subject.Gaps.OnFrameEnds(_subject.Sessions[_acts.Session - 1], 0);
            _subject.Life.Leave();
        }
    }

    public async ValueTask<LateResult<long>> HandleInAsync(LateFrame frame, long state, CancellationToken cancellationToken)
    {
        _subject.Gaps.OnFrameBegins();
        _subject.Life.Enter("In", state);
        try
        {
            var text = frame.GetText();
            var parts = text.Split(':', 5);
            _messages++;
            var server = _subject.Sessions[_acts.Session - 1];
            _subject.Verdict.Require(
                text == "" ? server.IsEmptyMessage(_messages) : parts[0] == "m" && parts[1] == _acts.SessionText && parts[2] == _messages.ToString(CultureInfo.InvariantCulture),
                "P1",
                $"session {_acts.SessionText} handled '{text}' as its message {_messages}");
            _subject.Bounds.OnHandled(_acts.Session, _messages);
            var outcome = await _acts.TakeTimeAsync("In", cancellationToken);
            _subject.Verdict.Require(frame.GetText() == text, "P8", $"message {_messages} changed while its callback ran");
            if (text != "" && parts[3] != "0")
            {
                Reply(int.Parse(parts[3], CultureInfo.InvariantCulture));
            }

            return _acts.Conclude("In", outcome);
        }
        finally
        {
            _subject.Gaps.OnFrameEnds(_subject.Sessions[_acts.Session - 1], _messages);
            _subject.Life.Leave();
        }
    }

    public async ValueTask<LateResult<long>> HandleCallAsync(Ask request, LateCall<int> call, long state, CancellationToken cancellationToken)
    {
        _subject.Life.Enter("Call", state);
        try
        {
            _subject.Trace.Write($"call {request.Id} reaches the handler");
            _subject.Calls.OnDelivered(request.Id, _acts.Session);
            _subject.Verdict.Require(_acts.IsReady, "P7", $"call {request.Id} reached the handler before the session was ready");
            _calls.Add((request.Id, call));
            _subject.Verdict.Require(_pending.TryAdd(request.Id, call), "P5", $"call {request.Id} reached the handler twice");
            var outcome = await _acts.TakeTimeAsync("Call", cancellationToken);
            if (_subject.Dice.Chance(_subject.Plan.Handler.ImmediateRepliesPercent))
            {
                Reply(request.Id);
            }
            else if (_subject.Dice.Chance(5))
            {
                Answer(request.Id, call, () => call.Fail(new SimulatedException()), isReply: false);
            }

            return _acts.Conclude("Call", outcome, request.Id, _subject.Calls.OnThrown);
        }
        finally
        {
            _subject.Life.Leave();
            if (_subject.Dice.Chance(5))
            {
                _subject.Time.After(_subject.Dice.Time(1, 5000), () => Reply(request.Id));
            }
        }
    }

    public ValueTask<LateResult<long>> HandleInfoAsync(Note message, long state, CancellationToken cancellationToken) =>
        HandleNoteAsync(state, () => _subject.Posts.OnHandled(message.Id), cancellationToken);

    public ValueTask<LateResult<long>> HandleInfoAsync(OwnNote message, long state, CancellationToken cancellationToken) =>
        HandleNoteAsync(state, () => _acts.OnOwnNote(message), cancellationToken);

    public ValueTask<LateResult<long>> HandleInfoAsync(TimedNote message, long state, CancellationToken cancellationToken) =>
        HandleNoteAsync(state, () => _acts.OnTimedNote(message), cancellationToken);

    public ValueTask<LateResult<long>> HandleInfoAsync(LateReconnectFailed message, long state, CancellationToken cancellationToken) =>
        HandleNoteAsync(state, () => _subject.Requests.OnReported(message), cancellationToken);

    public async ValueTask<LateResult<long>> HandleClosingAsync(LateClosing closing, long state, CancellationToken cancellationToken)
    {
        if (!_subject.Plan.Handler.SendsGoodbye)
        {
            return LateResult.Ok(state);
        }

        _subject.Life.Enter("Closing", state);
        try
        {
            _subject.Closings.OnClosing(closing);
            _subject.Requests.OnClosing();
            return _acts.MakeGoodbye(await _acts.TakeTimeAsync("Closing", cancellationToken));
        }
        finally
        {
            _subject.Life.Leave();
        }
    }

    public async ValueTask<LateDisconnectResult<long>> HandleDisconnectAsync(LateDisconnect disconnect, long state, CancellationToken cancellationToken)
    {
        _subject.Life.Enter("Disconnect", state);
        _subject.Gaps.OnSessionOver();
        var decision = Disconnected.Default;
        try
        {
            _subject.Trace.Write($"session {_acts.Session} ended: {disconnect.Description}");
            _subject.Calls.OnDisconnected(_acts.Session);
            _subject.Addresses.OnEnded(_subject.Sessions[_acts.Session - 1], disconnect);
            _subject.Closings.OnDisconnected(_subject.Sessions[_acts.Session - 1], disconnect);
            _subject.Errors.OnDisconnected(disconnect);
            _subject.Reasons.Check(_subject.Sessions[_acts.Session - 1], disconnect, _acts.IsReady);
            var outcome = await _acts.TakeTimeAsync("Disconnect", cancellationToken);
            outcome = _subject.IsStopping && _subject.Plan.DrawsRequests && _subject.World.Switches.Chance(30) ? Outcome.Fault : outcome;
            return _acts.Decide(outcome, out decision);
        }
        finally
        {
            _subject.Life.Leave();
            _subject.Attempts.OnDisconnected(disconnect, _acts.AskedAfter, decision);
            _subject.Requests.OnDisconnected(disconnect, decision);
        }
    }

    public async ValueTask HandleTerminateAsync(LateTerminateReason reason, long state, CancellationToken cancellationToken)
    {
        _subject.Life.Enter("Terminate", state);
        _subject.Errors.OnTerminate(reason);
        try
        {
            if (await _acts.TakeTimeAsync("Terminate", cancellationToken) == Outcome.Throw)
            {
                throw new SimulatedException();
            }
        }
        finally
        {
            _subject.Life.Leave();
        }
    }

    public ValueTask DisposeAsync()
    {
        _subject.Verdict.Require((_subject.Life.IsTerminated || !_subject.Life.IsInitialized) && !IsDisposed, "P3", $"the handler was disposed before HandleTerminate, or twice");
        IsDisposed = true;
        return default;
    }

    private async ValueTask<LateResult<long>> HandleNoteAsync(long state, Action onBegun, CancellationToken cancellationToken)
    {
        _subject.Life.Enter("Info", state);
        try
        {
            onBegun();
            if (_calls.Count > 0 && _subject.Dice.Chance(20))
            {
                Reply(_subject.Dice.Pick<(int Id, LateCall<int>)>(_calls.ToArray()).Id);
            }

            return _acts.Conclude("Info", await _acts.TakeTimeAsync("Info", cancellationToken));
        }
        finally
        {
            _subject.Life.Leave();
        }
    }

    /// <summary>Replies to a call of now or long ago, through the table of pending calls or by itself.</summary>
    private void Reply(int id)
    {
        if (_calls.Find(known => known.Id == id).Call is { } call)
        {
            Answer(id, call, () => _subject.Dice.Chance(50) ? _pending.Reply(id, id) || call.Reply(id) : call.Reply(id), isReply: true);
        }
    }

    private void Answer(int id, LateCall<int> call, Func<bool> answer, bool isReply)
    {
        var hadEnded = call.IsEnded;
        var isTaken = answer();
        _subject.Verdict.Require(isTaken != hadEnded, "P5", $"an answer to call {id}, which had {(hadEnded ? "ended" : "not ended")}, was {(isTaken ? "taken" : "refused")}");
        if (isTaken)
        {
            _subject.Calls.OnAnswered(id, isReply);
        }
    }
}
