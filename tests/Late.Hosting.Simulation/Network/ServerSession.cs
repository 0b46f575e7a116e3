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
    private readonly ServerInput _input;
    private readonly ServerLine _line;
    private readonly SentBytes _sent = new();
    private readonly ServerMessages _messages;
    private readonly int _pausesBefore;
    private Flood? _flood;
    private bool _hasSentMany;
    private readonly ServerReactions _reactions;

    public ServerSession(Subject subject, int number, SessionPlan plan)
    {
        (_subject, Number, _plan, _pausesBefore) = (subject, number, plan, subject.Logs.Pauses);
        _input = new ServerInput(subject, number, plan.Link, OnTapped, IsReading);
        Wire = new Wire(subject, plan.Link, _input.Accept, OnDry, () => subject.SendLimit.OnWritten(number));
        _input.Wire = Wire;
        _line = new ServerLine(subject, number, plan.Link, Wire);
        _messages = new ServerMessages(subject, number, plan.IsCompressed, _line, _sent);
        _reactions = new ServerReactions(subject, this, plan, _line, _messages);
        foreach (var (at, act) in plan.Acts)
        {
            subject.Time.After(at, () => Do(act));
        }

        Early = DoEarly();
    }

    /// <summary>What comes with the answer to the upgrade.</summary>
    public byte[] Early { get; }

    public int Number { get; }

    public Wire Wire { get; }

    /// <summary>Since when it is a session of the client's, which may have connected earlier.</summary>
    public TimeSpan BegunAt { get; set; }

    /// <summary>The client has made it while another session was open.</summary>
    public bool IsPrepared { get; set; }

    /// <summary>The same, where it is a configured address.</summary>
    public Uri? ConfiguredAddress { get; init; }

    /// <summary>Where the client has asked for it.</summary>
    public required Uri Address { get; init; }

    /// <summary>The number of the last frame of the handler that the client has written.</summary>
    public int LastHandlerFrame { get; private set; }

    /// <summary>When the client wrote its Close frame.</summary>
    public TimeSpan? ClientClosedAt { get; private set; }

    public int? ClientCloseCode { get; private set; }

    /// <summary>How many messages it had sent by then.</summary>
    public int MessagesAtClose { get; private set; }

    /// <summary>The code of the Close frame that the server sent by itself; zero for one without.</summary>
    public int? OwnCloseCode { get; private set; }

    /// <summary>The server or its network did something that ends or holds up a session.</summary>
    public bool HasInterfered { get; private set; }

    public bool HasBrokenProtocol { get; private set; }

    /// <summary>True where nothing stood in the way of a close handshake in good order.</summary>
    public bool IsCooperative => _plan is { AnswersClose: true, EndsAfterClose: true, Link: { BreaksAfterReceived: null, BreaksAfterSent: null } } && !HasInterfered;

    /// <summary>True where no write ever has to wait, too.</summary>
    public bool IsQuick => IsCooperative && _plan.Link.Window > MostSlowWindow;

    /// <summary>True where the client has received nothing for as long as its keep-alive waits: for the client, the server is gone.</summary>
    public bool IsGone => _subject.Time.Elapsed - Wire.SilentSince >= _subject.Options.KeepAliveInterval + _subject.Options.KeepAliveTimeout;

    /// <summary>The most that the client may have read ahead of its handler, in addition to what its options allow.</summary>
    public int Slack => (2 * Wire.LargestRead) + _sent.LargestMessage + _sent.ControlBytes;

    /// <summary>The client has read a ping and has not answered it, though it can write and reads on.</summary>
    public bool HasUnansweredPing =>
        Wire is { IsDisposed: false, IsOver: false, BlockedSince: null, SilentSince: not null } && ClientClosedAt is null && !IsSilenced && _sent.HasUnanswered(Wire.BytesRead);

    /// <summary>True where nothing is in the way of more frames at this very moment.</summary>
    public bool MayFlood => !IsMute && _line.IsEmpty;

    /// <summary>True where it has sent the last that it sends.</summary>
    public bool IsSilenced { get; set; }

    /// <summary>True while it answers no close frame.</summary>
    public bool IgnoresClose => _flood is { IsOver: false, Plan.IgnoresClose: true };

    private bool IsMute => Wire.IsDisposed || Wire.IsOver || IsSilenced || _line.IsSilent;

    /// <summary>How many bytes the client has read ahead of its handler.</summary>
    public long UnhandledBytes(int handledMessages) => _sent.Unhandled(Wire.BytesRead, handledMessages);

    /// <summary>How many messages wait for the handler or have been handled, as far as is known: many control frames in one read may stand before the rest.</summary>
    public int ReadMessages => _hasSentMany ? 0 : _sent.Read(Wire.BytesRead);

    /// <summary>True where it is not known which messages the client has read.</summary>
    public bool HasSentMany => _hasSentMany;

    /// <summary>True where the message after this one is known to have come in the same read, or in an earlier one.</summary>
    public bool IsNextRead(int message) => !_hasSentMany && _sent.IsNextRead(message, Wire.Reads);

    /// <summary>True where a message has no payload.</summary>
    public bool IsEmptyMessage(int message) => _sent.IsEmptyMessage(message);

    /// <summary>There is nothing left to send without end.</summary>
    public void OnFloodOver()
    {
        _subject.Trace.Write($"server {Number}: the flood is over");
        _messages.Finish();
        _input.Resume();
    }

    /// <summary>The network breaks, at a moment of the world's choice.</summary>
    public void Break()
    {
        if (!IsMute)
        {
            Do(ServerAct.Break);
        }
    }

    /// <summary>Ends a flood before its time.</summary>
    public void EndFlood() => _flood?.End();

    private void Do(ServerAct act)
    {
        if (IsMute)
        {
            return;
        }

        _subject.Trace.Write($"server {Number}: {act}");
        HasInterfered |= act is >= ServerAct.Stall and <= ServerAct.TooLarge;
        switch (act)
        {
            case ServerAct.Message:
                _messages.Send(0);
                break;
            case ServerAct.Fragments:
                _messages.Send(0, inFragments: true);
                break;
            case ServerAct.Burst:
                Repeat(_subject.Dice.Between(2, 20));
                break;
            case ServerAct.Flood:
                Repeat(_subject.Dice.Between(50, 300));
                break;
            case ServerAct.Ping:
                var ping = _sent.NextPing();
                _sent.AddPings(_line.Send(ServerFrames.Ping(ping)), ping);
                break;
            case ServerAct.Stall:
                _input.Stall(_subject.Dice.Time(10, 20_000));
                break;
            case ServerAct.Silence:
                _line.IsSilent = true;
                break;
            case ServerAct.Close:
                var code = _subject.Dice.Pick<int?>(null, 1000, 1001, 1011, 1012, 4000);
                OwnCloseCode = code ?? 0;
                SendLast(ServerFrames.Close(code, "bye"));
                break;
            case ServerAct.End:
                IsSilenced = true;
                _line.After(Wire.End);
                break;
            case ServerAct.Break:
                Wire.Break(losesArrived: _subject.Dice.Chance(50));
                break;
            case ServerAct.Violation:
                HasBrokenProtocol = true;
                SendLast(ServerFrames.Violation(_subject.Dice.Below(7), _plan.IsCompressed));
                break;
            case ServerAct.Controls:
                _hasSentMany = true;
                new Flood(_subject, this, FloodPlan.Draw(_subject.World.Chances.Extras).Over(_plan.Link), _line, _messages, _sent).Send();
                break;
            case ServerAct.Endless:
                BeginFlood();
                break;
            case ServerAct.Backlog:
                _messages.SendBacklog(_subject.World.Chances.Extras.Pick(1, 100, 100, 100, 1000, 10_000));
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
            _messages.Send(0);
        }
    }

    private void BeginFlood()
    {
        _flood = new Flood(_subject, this, _plan.Flood!, _line, _messages, _sent);
        _hasSentMany = true;
        HasInterfered |= _flood.Plan.IsUnread || _flood.Plan.IgnoresClose;
        _subject.Trace.Write($"server {Number}: {_plan.Flood!.Frames} frames ({_plan.Flood.Kind}) at each read, {_plan.Flood.Rounds} x {_plan.Flood.Times} times");
        _flood.Begin();
    }

    private bool IsReading() => !_line.IsSilent && _flood is not { IsOver: false, Plan.IsUnread: true };

    private void SendLast(byte[] bytes)
    {
        _messages.Finish();
        _messages.SendControl(bytes);
        IsSilenced = true;
    }

    private void OnTapped(ClientFrame frame)
    {
        switch (frame.Opcode)
        {
            case ClientFrame.Pong:
                _subject.Verdict.Require(_sent.OnPong(frame.Payload, Wire.BytesRead), "P8", $"session {Number}: a pong answers no ping, or an older one than the last");

                // One at the end of a read, and one where reading pauses in it, as it may before a connection becomes a session.
                var occasions = Wire.Reads.Count + _subject.Logs.Pauses - _pausesBefore + (IsPrepared ? 1 : 0);
                _subject.Verdict.Require(_sent.Pongs <= occasions, "P8", $"session {Number}: {_sent.Pongs} pongs for {Wire.Reads.Count} reads");
                break;
            case ClientFrame.Close:
                (ClientClosedAt, ClientCloseCode, MessagesAtClose) = (_subject.Time.Elapsed, frame.CloseCode, _sent.NextMessage - 1);
                _subject.Trace.Write($"client {Number}: closes with {frame.CloseCode}");
                break;
            case ClientFrame.Text or ClientFrame.Binary:
                LastHandlerFrame = _subject.Traffic.OnFrame(this, frame);
                _subject.SendLimit.OnFrame(Number, Wire.WriteBeganAt, frame.Payload.Length, passes: _subject.Closings.IsGoodbye(LastHandlerFrame));
                break;
        }

        if (frame.Opcode == ClientFrame.Pong && _flood is not null)
        {
            // There may be many, and nothing is to be done.
            return;
        }

        _reactions.ReactTo(frame);
    }

    private byte[] DoEarly()
    {
        if (_plan.Early.Count == 0 && !_plan.BeginsWithFlood)
        {
            return [];
        }

        _line.BeginEarly();
        foreach (var act in _plan.Early)
        {
            Do(act);
        }

        if (_plan.BeginsWithFlood)
        {
            Do(ServerAct.Endless);
        }

        return _line.EndEarly();
    }

    private void OnDry()
    {
        if (_flood is { IsRunning: true } flood)
        {
            _subject.ReadRuns.OnRead(this);
            flood.OnDry();
        }
    }
}
