using Late.Hosting.Simulation.Worlds;

namespace Late.Hosting.Simulation.Network;

/// <summary>
/// The server's end of one connection: acts by its plan, and looks at every frame at the moment in which the client hands
/// it to the network.
/// </summary>
internal sealed class ServerSession
{
    // A link with so little room at a time makes a long message wait.
    private const int MostSlowWindow = 2000;

    private readonly Subject _subject;
    private readonly SessionPlan _plan;
    private readonly ClientFrames _frames;
    private readonly SentBytes _sent = new();
    private long _arrivedBytes;
    private long _acceptedBytes;
    private int _stalledBytes;
    private TimeSpan _lastArrival;
    private TimeSpan _lastReaction;
    private bool _isSilent;
    private bool _isStalled;
    private bool _saysNothing;

    public ServerSession(Subject subject, int number, SessionPlan plan)
    {
        (_subject, Number, _plan) = (subject, number, plan);
        Wire = new Wire(subject, plan.Link, OnAccepted);
        _frames = new ClientFrames(OnTapped, breach => subject.Verdict.Fail("P4", $"session {number}: {breach}"));
        foreach (var (at, act) in plan.Acts)
        {
            subject.Time.After(at, () => Do(act));
        }
    }

    public int Number { get; }

    public Wire Wire { get; }

    /// <summary>Where the client has asked for it.</summary>
    public required Uri Address { get; init; }

    /// <summary>The number of the last frame of the handler that the client has written.</summary>
    public int LastHandlerFrame { get; private set; }

    /// <summary>When the client wrote its Close frame.</summary>
    public TimeSpan? ClientClosedAt { get; private set; }

    public int? ClientCloseCode { get; private set; }

    /// <summary>The code of the Close frame that the server sent by itself; zero for one without.</summary>
    public int? OwnCloseCode { get; private set; }

    /// <summary>The server or its network did something that ends or holds up a session.</summary>
    public bool HasInterfered { get; private set; }

    public bool HasBrokenProtocol { get; private set; }

    /// <summary>True where nothing stood in the way of a close handshake in good order.</summary>
    public bool IsCooperative => _plan is { AnswersClose: true, EndsAfterClose: true, Link: { BreaksAfterReceived: null, BreaksAfterSent: null } } && !HasInterfered;

    /// <summary>True where no write ever has to wait, too.</summary>
    public bool IsQuick => IsCooperative && _plan.Link.Window > MostSlowWindow;

    /// <summary>The most that the client may have read ahead of its handler, beside what its options allow.</summary>
    public int Slack => (2 * Wire.LargestRead) + _sent.LargestMessage + _sent.ControlBytes;

    /// <summary>Pings that the client has read and not answered, though it can write.</summary>
    public int UnansweredPings => Wire is { IsDisposed: false, IsOver: false, BlockedSince: null } && ClientClosedAt is null && !_saysNothing
        ? _sent.Unanswered(Wire.BytesRead)
        : 0;

    /// <summary>How many bytes the client has read ahead of its handler.</summary>
    public long UnhandledBytes(int handledMessages) => _sent.Unhandled(Wire.BytesRead, handledMessages);

    private void Do(ServerAct act)
    {
        if (Wire.IsDisposed || Wire.IsOver || _saysNothing || _isSilent)
        {
            return;
        }

        _subject.Story.Tell($"server {Number}: {act}");
        HasInterfered |= act >= ServerAct.Stall;
        switch (act)
        {
            case ServerAct.Message:
                SendMessage(0);
                break;
            case ServerAct.Fragments:
                SendMessage(0, inFragments: true);
                break;
            case ServerAct.Burst:
                Repeat(_subject.Dice.Between(2, 20));
                break;
            case ServerAct.Flood:
                Repeat(_subject.Dice.Between(50, 300));
                break;
            case ServerAct.Ping:
                var ping = _sent.NextPing();
                _sent.AddPing(Send(ServerFrames.Ping(ping)), ping);
                break;
            case ServerAct.Stall:
                _isStalled = true;
                _subject.Time.After(_subject.Dice.Time(10, 20_000), Resume);
                break;
            case ServerAct.Silence:
                _isSilent = true;
                break;
            case ServerAct.Close:
                var code = _subject.Dice.Pick<int?>(null, 1000, 1001, 1011, 1012, 4000);
                OwnCloseCode = code ?? 0;
                SendLast(ServerFrames.Close(code, "bye"));
                break;
            case ServerAct.End:
                _saysNothing = true;
                AfterLatency(Wire.End);
                break;
            case ServerAct.Break:
                Wire.Break(losesArrived: _subject.Dice.Chance(50));
                break;
            case ServerAct.Violation:
                HasBrokenProtocol = true;
                SendLast(ServerFrames.Violation(_subject.Dice.Below(7)));
                break;
            default:
                HasBrokenProtocol = true;
                SendLast(ServerFrames.Message(true, new string('x', _subject.Options.MaxMessageBytes + 1)));
                break;
        }
    }

    private void Repeat(int count)
    {
        for (; count > 0; count--)
        {
            SendMessage(0);
        }
    }

    private void SendMessage(int callId, bool inFragments = false)
    {
        var dice = _subject.Dice;
        var text = $"m:{Number}:{_sent.NextMessage}:{callId}:{Secrets.Payload}{new string('.', dice.Chance(10) ? dice.Below(3000) : dice.Below(60))}";
        var isText = dice.Chance(70);
        var bytes = inFragments ? ServerFrames.Fragments(isText, text, ServerFrames.Pong([])) : ServerFrames.Message(isText, text);
        _sent.AddMessage(Send(bytes));
    }

    private void SendLast(byte[] bytes)
    {
        _sent.AddControl(Send(bytes));
        _saysNothing = true;
    }

    private byte[] Send(byte[] bytes)
    {
        for (var at = 0; at < bytes.Length;)
        {
            var count = Math.Min(bytes.Length - at, Math.Max(_plan.Link.MostBytesPerPiece, bytes.Length / 50));
            var piece = bytes.AsSpan(at, count).ToArray();
            at += count;
            AfterLatency(() => Arrive(piece));
        }

        return bytes;
    }

    // The network keeps the order of what it carries.
    private void AfterLatency(Action action)
    {
        var now = _subject.Time.Elapsed;
        var jitter = _plan.Link.Latency > TimeSpan.Zero && _subject.Dice.Chance(20) ? _subject.Dice.Time(1, 50) : TimeSpan.Zero;
        var at = now + _plan.Link.Latency + jitter;
        _lastArrival = at > _lastArrival ? at : _lastArrival + TimeSpan.FromTicks(1);
        _subject.Time.After(_lastArrival - now, () =>
        {
            if (!_isSilent)
            {
                action();
            }
        });
    }

    private void Arrive(byte[] piece)
    {
        if (_plan.Link.BreaksAfterReceived is { } limit && _arrivedBytes + piece.Length > limit)
        {
            Wire.Arrive(piece[..(int)Math.Max(0, limit - _arrivedBytes)]);
            _arrivedBytes += piece.Length;
            _subject.Story.Tell($"server {Number}: reset after {limit} bytes received");
            Wire.Break(losesArrived: false);
            return;
        }

        _arrivedBytes += piece.Length;
        Wire.Arrive(piece);
    }

    private void OnAccepted(ReadOnlyMemory<byte> bytes)
    {
        if (_plan.Link.BreaksAfterSent is { } limit && _acceptedBytes + bytes.Length > limit && !Wire.IsBroken)
        {
            _frames.Feed(bytes.Span[..(int)Math.Max(0, limit - _acceptedBytes)]);
            _acceptedBytes += bytes.Length;
            _subject.Story.Tell($"server {Number}: reset after {limit} bytes sent");
            Wire.Break(losesArrived: _subject.Dice.Chance(50));
            return;
        }

        _acceptedBytes += bytes.Length;
        _frames.Feed(bytes.Span);
        var count = bytes.Length;
        _subject.Time.After(_plan.Link.Latency, () => Taken(count));
    }

    private void Taken(int bytes)
    {
        if (_isSilent || _isStalled)
        {
            _stalledBytes += bytes;
        }
        else
        {
            Wire.GiveRoom(bytes);
        }
    }

    private void Resume()
    {
        _isStalled = false;
        _subject.Story.Tell($"server {Number}: reads again");
        var bytes = _stalledBytes;
        _stalledBytes = 0;
        Taken(bytes);
    }

    private void OnTapped(ClientFrame frame)
    {
        switch (frame.Opcode)
        {
            case ClientFrame.Pong:
                _sent.OnPong(frame.Payload);
                break;
            case ClientFrame.Close:
                (ClientClosedAt, ClientCloseCode) = (_subject.Time.Elapsed, frame.CloseCode);
                _subject.Story.Tell($"client {Number}: closes with {frame.CloseCode}");
                break;
            case ClientFrame.Text or ClientFrame.Binary:
                LastHandlerFrame = _subject.Traffic.OnFrame(this, frame);
                _subject.SendLimit.OnFrame(frame.Payload.Length);
                break;
        }

        var now = _subject.Time.Elapsed;
        var at = now + _plan.Link.Latency;
        _lastReaction = at > _lastReaction ? at : _lastReaction + TimeSpan.FromTicks(1);
        _subject.Time.After(_lastReaction - now, () => React(frame));
    }

    private void React(ClientFrame frame)
    {
        if (_isSilent || Wire.IsDisposed || Wire.IsOver)
        {
            return;
        }

        switch (frame.Opcode)
        {
            case ClientFrame.Ping when _plan.AnswersPings && !_saysNothing:
                _sent.AddControl(Send(ServerFrames.Pong(frame.Payload)));
                break;
            case ClientFrame.Close:
                if (!_saysNothing && _plan.AnswersClose)
                {
                    _sent.AddControl(Send(ServerFrames.Close(frame.CloseCode, "")));
                }

                _saysNothing = true;
                if (_plan.EndsAfterClose)
                {
                    AfterLatency(Wire.End);
                }

                break;
            case ClientFrame.Text or ClientFrame.Binary when !_saysNothing && _subject.Dice.Chance(_plan.RepliesPercent):
                if (Traffic.CallOf(frame) is > 0 and var callId)
                {
                    _subject.Time.After(_plan.ReplyDelay, () => ReplyTo(callId));
                }

                break;
        }
    }

    private void ReplyTo(int callId)
    {
        if (!_saysNothing && !_isSilent && !Wire.IsOver)
        {
            SendMessage(callId);
        }
    }
}
