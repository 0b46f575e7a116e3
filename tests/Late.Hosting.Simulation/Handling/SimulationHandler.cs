using System.Globalization;
using Late.Hosting.Simulation.Worlds;

namespace Late.Hosting.Simulation.Handling;

/// <summary>A handler that does whatever the dice say, and holds each callback against the promises.</summary>
internal sealed class SimulationHandler(ILateClient<SimulationHandler> self, World world)
    : ILateHandler<long>, ILateCallHandler<long, Ask, int>, ILateInfoHandler<long, Note>, ILateInfoHandler<long, OwnNote>, ILateInfoHandler<long, TimedNote>, IAsyncDisposable
{
    private readonly LatePendingCalls<int> _pending = new();
    private readonly List<(int Id, LateCall<int> Call)> _calls = [];
    private readonly Acts _acts = new(self, world);
    private int _messages;

    /// <summary>How many calls it still keeps for a reply.</summary>
    public int PendingCalls => _pending.Count;

    public bool IsDisposed { get; private set; }

    public async ValueTask<long> InitAsync(LateContext context, CancellationToken cancellationToken)
    {
        world.Handler = this;
        world.Errors.OnInit();
        world.Life.Enter("Init", 0);
        try
        {
            var outcome = await _acts.TakeTimeAsync("Init", cancellationToken);
            if (outcome == Outcome.Throw && world.Dice.Chance(20))
            {
                throw new SimulatedException();
            }

            var state = world.Life.NewState();
            world.Life.Accept(state);
            return state;
        }
        finally
        {
            world.Life.Leave();
            world.Attempts.OnReadyToConnect();
        }
    }

    public async ValueTask<LateResult<long>> HandleConnectAsync(LateHandshake handshake, long state, CancellationToken cancellationToken)
    {
        world.Life.Enter("Connect", state);
        world.Errors.OnConnect();
        try
        {
            _messages = 0;
            _acts.BeginSession(int.Parse(handshake.Header("X-Session")!, CultureInfo.InvariantCulture));
            return _acts.Conclude("Connect", await _acts.TakeTimeAsync("Connect", cancellationToken));
        }
        finally
        {
            world.Life.Leave();
        }
    }

    public async ValueTask<LateResult<long>> HandleInAsync(LateFrame frame, long state, CancellationToken cancellationToken)
    {
        world.Life.Enter("In", state);
        try
        {
            var text = frame.GetText();
            var parts = text.Split(':', 5);
            _messages++;
            world.Verdict.Require(
                parts[0] == "m" && parts[1] == _acts.SessionText && parts[2] == _messages.ToString(CultureInfo.InvariantCulture),
                "P1",
                $"session {_acts.SessionText} handled message {parts[2]} of session {parts[1]} as its message {_messages}");
            world.Bounds.OnHandled(_acts.Session, _messages);
            var outcome = await _acts.TakeTimeAsync("In", cancellationToken);
            world.Verdict.Require(frame.GetText() == text, "P8", $"message {parts[2]} changed while its callback ran");
            if (parts[3] != "0")
            {
                Reply(int.Parse(parts[3], CultureInfo.InvariantCulture));
            }

            return _acts.Conclude("In", outcome);
        }
        finally
        {
            world.Life.Leave();
        }
    }

    public async ValueTask<LateResult<long>> HandleCallAsync(Ask request, LateCall<int> call, long state, CancellationToken cancellationToken)
    {
        world.Life.Enter("Call", state);
        try
        {
            world.Story.Tell($"call {request.Id} reaches the handler");
            world.Calls.OnDelivered(request.Id, _acts.Session);
            world.Verdict.Require(_acts.IsReady, "P7", $"call {request.Id} reached the handler before the session was ready");
            _calls.Add((request.Id, call));
            world.Verdict.Require(_pending.TryAdd(request.Id, call), "P5", $"call {request.Id} reached the handler twice");
            var outcome = await _acts.TakeTimeAsync("Call", cancellationToken);
            if (world.Dice.Chance(world.Plan.Handler.RepliesAtOncePercent))
            {
                Reply(request.Id);
            }
            else if (world.Dice.Chance(5))
            {
                Answer(request.Id, call, () => call.Fail(new SimulatedException()), isReply: false);
            }

            return _acts.Conclude("Call", outcome, request.Id, world.Calls.OnThrown);
        }
        finally
        {
            world.Life.Leave();
            if (world.Dice.Chance(5))
            {
                world.Time.After(world.Dice.Time(1, 5000), () => Reply(request.Id));
            }
        }
    }

    public ValueTask<LateResult<long>> HandleInfoAsync(Note message, long state, CancellationToken cancellationToken) =>
        HandleNoteAsync(state, () => world.Posts.OnHandled(message.Id), cancellationToken);

    public ValueTask<LateResult<long>> HandleInfoAsync(OwnNote message, long state, CancellationToken cancellationToken) =>
        HandleNoteAsync(state, () => _acts.OnOwnNote(message), cancellationToken);

    public ValueTask<LateResult<long>> HandleInfoAsync(TimedNote message, long state, CancellationToken cancellationToken) =>
        HandleNoteAsync(state, () => _acts.OnTimedNote(message), cancellationToken);

    public async ValueTask<LateResult<long>> HandleDisconnectAsync(LateDisconnect disconnect, long state, CancellationToken cancellationToken)
    {
        world.Life.Enter("Disconnect", state);
        var decision = Disconnected.Default;
        try
        {
            world.Story.Tell($"session {_acts.Session} ended: {disconnect.Description}");
            world.Calls.OnDisconnected(_acts.Session);
            world.Errors.OnDisconnected(disconnect);
            world.Reasons.Check(world.Sessions[_acts.Session - 1], disconnect, _acts.IsReady);
            var outcome = await _acts.TakeTimeAsync("Disconnect", cancellationToken);
            return _acts.Decide(outcome, out decision);
        }
        finally
        {
            world.Life.Leave();
            world.Attempts.OnDisconnected(disconnect, _acts.AskedAfter, decision);
        }
    }

    public async ValueTask HandleTerminateAsync(LateTerminateReason reason, long state, CancellationToken cancellationToken)
    {
        world.Life.Enter("Terminate", state);
        try
        {
            if (await _acts.TakeTimeAsync("Terminate", cancellationToken) == Outcome.Throw)
            {
                throw new SimulatedException();
            }
        }
        finally
        {
            world.Life.Leave();
        }
    }

    public ValueTask DisposeAsync()
    {
        world.Verdict.Require((world.Life.IsTerminated || !world.Life.IsInitialized) && !IsDisposed, "P3", $"the handler was disposed before HandleTerminate, or twice");
        IsDisposed = true;
        return default;
    }

    private async ValueTask<LateResult<long>> HandleNoteAsync(long state, Action onBegun, CancellationToken cancellationToken)
    {
        world.Life.Enter("Info", state);
        try
        {
            onBegun();
            if (_calls.Count > 0 && world.Dice.Chance(20))
            {
                Reply(world.Dice.Pick<(int Id, LateCall<int>)>(_calls.ToArray()).Id);
            }

            return _acts.Conclude("Info", await _acts.TakeTimeAsync("Info", cancellationToken));
        }
        finally
        {
            world.Life.Leave();
        }
    }

    /// <summary>Replies to a call of now or long ago, through the table of pending calls or by itself.</summary>
    private void Reply(int id)
    {
        if (_calls.Find(known => known.Id == id).Call is { } call)
        {
            Answer(id, call, () => world.Dice.Chance(50) ? _pending.Reply(id, id) || call.Reply(id) : call.Reply(id), isReply: true);
        }
    }

    private void Answer(int id, LateCall<int> call, Func<bool> answer, bool isReply)
    {
        var hadEnded = call.IsEnded;
        var isTaken = answer();
        world.Verdict.Require(isTaken != hadEnded, "P5", $"an answer to call {id}, which had {(hadEnded ? "ended" : "not ended")}, was {(isTaken ? "taken" : "refused")}");
        if (isTaken)
        {
            world.Calls.OnAnswered(id, isReply);
        }
    }
}
