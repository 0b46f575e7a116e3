using System.Globalization;
using Late.Hosting.Simulation.Streams;
using Late.Hosting.Simulation.Topics;
using Late.Hosting.Simulation.Worlds;

namespace Late.Hosting.Simulation.Handling;

/// <summary>A handler that does whatever the dice decide, and holds each callback against the promises.</summary>
internal sealed class SimulationHandler
    : ILateHandler<long>, ILateCallHandler<long, Ask, int>, ILateCallEndHandler<long, Ask>, ILateCallHandler<long, Probe, int>, ILateInfoHandler<long, Note>, ILateInfoHandler<long, OwnNote>, ILateInfoHandler<long, TimedNote>,
        ILateInfoHandler<long, FreeNote>, ILateInfoHandler<long, FreeTimedNote>, ILateInfoHandler<long, LateReconnectFailed>,
        ILateTopicHandler<long, Quote, long>, ILateTopicBatchHandler<long, Trade, long>,
        ILateStreamHandler<long, Flow, int>, ILateCallEndHandler<long, Flow>, IAsyncDisposable
{
    private readonly Subject _subject;
    private readonly CallActs _calls;
    private readonly Acts _acts;
    private readonly NoteActs _notes;
    private readonly TopicActs _topics;
    private readonly StreamActs _streams;
    private LateContext? _context;
    private int _messages;

    public SimulationHandler(ILateClient<SimulationHandler> self, Subjects subjects, StartRequest? request = null)
    {
        _subject = subjects.Begin(self, request);
        _subject.BeginLife(this);
        _acts = new Acts(self, _subject, this);
        (_calls, _topics, _streams) = (new CallActs(_subject, _acts), new TopicActs(_subject, _acts, () => _context?.Session), new StreamActs(_subject, _acts));
        _notes = new NoteActs(_subject, _acts, _calls, () => _context!);
    }

    /// <summary>How many calls it still keeps for a reply.</summary>
    public int PendingCalls => _calls.Answers.Count + _calls.Entries.Count + _streams.Count;

    /// <summary>Its entries for which no caller waits.</summary>
    public OwnEntries Entries => _calls.Entries;

    /// <summary>The number of the session that there is, or of the last.</summary>
    public int Session => _acts.Session;

    public bool IsDisposed { get; private set; }

    public async ValueTask<long> InitAsync(LateContext context, CancellationToken cancellationToken)
    {
        _subject.Life.Enter("Init", 0);
        _subject.Errors.OnInit();
        _context = context;
        try
        {
            var outcome = await _acts.TakeTimeAsync("Init", cancellationToken);
            if (_subject.Errors.BeganLife)
            {
                await _subject.Lives.MeetStopAsync();
            }

            if ((outcome == Outcome.Throw && _subject.Dice.Chance(20)) || (_subject.Errors.BeganLife && _subject.World.Chances.Lives.Chance(10)))
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
            _subject.Moments.OnConnecting();
            _acts.BeginSession(int.Parse(handshake.Headers["X-Session"].ToString(), CultureInfo.InvariantCulture));
            _calls.Entries.Act(_context!);
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
                _calls.Answers.Reply(int.Parse(parts[3], CultureInfo.InvariantCulture));
            }

            return _acts.Conclude("In", outcome);
        }
        finally
        {
            _subject.Gaps.OnFrameEnds(_subject.Sessions[_acts.Session - 1], _messages);
            _subject.Life.Leave();
        }
    }

    public ValueTask<LateResult<long>> HandleCallAsync(Ask request, LateCall<int> call, long state, CancellationToken cancellationToken) =>
        _calls.HandleAsync(request.Id, call, state, cancellationToken);

    public ValueTask<LateResult<long>> HandleCallAsync(Probe request, LateCall<int> call, long state, CancellationToken cancellationToken) =>
        _calls.HandleAsync(request.Id, call, state, cancellationToken);

    public ValueTask<LateResult<long>> HandleCallEndAsync(LateCallEnd<Ask> end, long state, CancellationToken cancellationToken) =>
        _calls.HandleEndAsync(end, state, cancellationToken);

    public ValueTask<LateResult<long>> HandleStreamAsync(Flow request, LateStream<int> stream, long state, CancellationToken cancellationToken) =>
        _streams.HandleAsync(request, stream, state, cancellationToken);

    public ValueTask<LateResult<long>> HandleCallEndAsync(LateCallEnd<Flow> end, long state, CancellationToken cancellationToken) =>
        _streams.HandleEndAsync(end, state, cancellationToken);

    public ValueTask<LateResult<long>> HandleSubscribeAsync(LateTopic<Quote, long> topic, long state, CancellationToken cancellationToken) =>
        _topics.HandleAsync(topic, state, cancellationToken);

    public ValueTask<LateResult<long>> HandleSubscribeAsync(IReadOnlyList<LateTopic<Trade, long>> topics, long state, CancellationToken cancellationToken) =>
        _topics.HandleAsync(topics, state, cancellationToken);

    public ValueTask<LateResult<long>> HandleUnsubscribeAsync(Quote topic, long state, CancellationToken cancellationToken) =>
        _topics.HandleAsync(topic, state, cancellationToken);

    public ValueTask<LateResult<long>> HandleUnsubscribeAsync(Trade topic, long state, CancellationToken cancellationToken) =>
        _topics.HandleAsync(topic, state, cancellationToken);

    public ValueTask<LateResult<long>> HandleInfoAsync(Note message, long state, CancellationToken cancellationToken) =>
        _notes.HandleAsync(state, () => _subject.Posts.OnHandled(message.Id), cancellationToken);

    public ValueTask<LateResult<long>> HandleInfoAsync(OwnNote message, long state, CancellationToken cancellationToken) =>
        _notes.HandleAsync(state, () => _acts.Sides.OnOwnNote(message), cancellationToken);

    public ValueTask<LateResult<long>> HandleInfoAsync(TimedNote message, long state, CancellationToken cancellationToken) =>
        _notes.HandleAsync(state, () => _acts.Sides.OnTimedNote(message), cancellationToken);

    public ValueTask<LateResult<long>> HandleInfoAsync(FreeNote message, long state, CancellationToken cancellationToken) =>
        _notes.HandleFreeAsync(state, () => _subject.FreePosts.OnHandled(message), cancellationToken);

    public ValueTask<LateResult<long>> HandleInfoAsync(FreeTimedNote message, long state, CancellationToken cancellationToken) =>
        _notes.HandleFreeAsync(state, () => _subject.FreePosts.OnHandled(message), cancellationToken);

    public ValueTask<LateResult<long>> HandleInfoAsync(LateReconnectFailed message, long state, CancellationToken cancellationToken) =>
        _notes.HandleAsync(state, () => _subject.Requests.OnReported(message), cancellationToken);

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
            _subject.Moments.OnClosing();
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
            _subject.Topics?.OnDisconnected(_topics);
            _subject.Streams?.OnDisconnected(_acts.Session);
            _calls.Entries.OnDisconnected();
            _subject.Addresses.OnEnded(_subject.Sessions[_acts.Session - 1], disconnect);
            _subject.Closings.OnDisconnected(_subject.Sessions[_acts.Session - 1], disconnect, _messages);
            _subject.Errors.OnDisconnected(_acts.Session, disconnect);
            _subject.Reasons.Check(_subject.Sessions[_acts.Session - 1], disconnect, _acts.IsReady);
            var outcome = await _acts.TakeTimeAsync("Disconnect", cancellationToken);
            outcome = _subject.IsStopping && _subject.Plan.DrawsRequests && _subject.World.Chances.Switches.Chance(30) ? Outcome.Fault : outcome;
            return _acts.Decide(outcome, out decision);
        }
        finally
        {
            _subject.Life.Leave();
            _subject.Attempts.OnDisconnected(disconnect, _acts.AskedAfter, decision);
            if (_subject.Requests.AreSeveral(_acts.Session, disconnect))
            {
                _subject.Attempts.OnAmended();
            }

            _subject.Requests.OnDisconnected(disconnect, decision);
        }
    }

    public async ValueTask HandleTerminateAsync(LateTerminateReason reason, long state, CancellationToken cancellationToken)
    {
        _subject.Life.Enter("Terminate", state);
        _subject.Errors.OnTerminate(reason);
        try
        {
            var outcome = await _acts.TakeTimeAsync("Terminate", cancellationToken);
            if (reason.Kind == LateTerminateKind.HandlerError)
            {
                await _subject.Lives.MeetStopAsync();
            }

            if (outcome == Outcome.Throw)
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
}
