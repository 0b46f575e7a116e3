using System.Diagnostics;
using System.Globalization;
using System.Text;
using Late.Hosting.HostilePeer.Oracle;
using Late.Hosting.HostilePeer.Scripts;

namespace Late.Hosting.HostilePeer.Client;

/// <summary>The application's handler: it records what it sees, and behaves as the script specifies.</summary>
internal sealed class HostileHandler(ILateClient<HostileHandler> self, Facts facts) :
    ILateHandler<int>, ILateCallHandler<int, Ask, int>, ILateInfoHandler<int, Note>, ILateInfoHandler<int, Beat>, ILateInfoHandler<int, Release>
{
    // It begins and is not waited for.
    private const int SelfStopTicks = 10;

    private static readonly TimeSpan s_beat = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan s_work = TimeSpan.FromMilliseconds(0.5);

    private readonly LatePendingCalls<int> _pending = new();
    private LateFrame _kept;
    private byte[]? _keptCopy;

    private HandlerPlan Plan => facts.Script.Handler;

    private SessionFacts? Session => facts.Life.Session;

    public ValueTask<int> InitAsync(LateContext context, CancellationToken cancellationToken)
    {
        facts.BeginLife();
        return new(0);
    }

    public ValueTask<LateResult<int>> HandleConnectAsync(LateHandshake handshake, int state, CancellationToken cancellationToken)
    {
        Enter("HandleConnect");
        try
        {
            facts.Life.Connects++;
            facts.Life.Session = facts.Session(handshake.Headers.TryGetValue("X-Session", out var number) ? int.Parse(number.ToString(), CultureInfo.InvariantCulture) : 0);
            facts.Progress();
            facts.Record($"handler: HandleConnect of session {Session?.Number}");
            if (Session is not { } session)
            {
                facts.Break("P3", "HandleConnect has the headers of no session");
                return LateResult.Ok(state);
            }

            facts.Require(session.ConnectedAt == 0, "P3", "HandleConnect ran twice in one session");
            (session.ConnectedAt, session.BeatAt) = (Math.Max(1, Control.Now), Control.Now);
            self.PostAfter(s_beat, new Beat());
            switch (session.Number == 1 ? Plan.Login : LoginKind.None)
            {
                case LoginKind.Released:
                    self.PostAfter(s_beat, new Release());
                    return LateResult.Ok(state).HoldCalls();
                case LoginKind.Never:
                    return LateResult.Ok(state).HoldCalls();
                case LoginKind.Throws:
                    throw new HandlerException();
                default:
                    return LateResult.Ok(state);
            }
        }
        finally
        {
            facts.Life.Leave();
        }
    }

    public async ValueTask<LateResult<int>> HandleInAsync(LateFrame frame, int state, CancellationToken cancellationToken)
    {
        Enter("HandleIn");
        try
        {
            facts.Life.BeginFrame();
            CheckKept(frame);
            Read(frame);
            switch (Plan.Pace)
            {
                case Pace.Yielding:
                    await Task.Yield();
                    break;
                case Pace.Working:
                    for (var start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < s_work;)
                    {
                        Thread.SpinWait(100);
                    }

                    break;
                case Pace.Gated:
                    await facts.Gate.PassAsync();
                    break;
                case Pace.Blocking:
#pragma warning disable LATE002 // A callback that blocks is what this pace is.
                    facts.Gate.PassAsync().GetAwaiter().GetResult();
#pragma warning restore LATE002
                    break;
                case Pace.Throwing when facts.Life.Frames % 3 == 0:
                    throw new HandlerException();
            }

            return LateResult.Ok(state + 1);
        }
        finally
        {
            facts.Life.Leave();
        }
    }

    public ValueTask<LateResult<int>> HandleCallAsync(Ask request, LateCall<int> call, int state, CancellationToken cancellationToken)
    {
        Enter("HandleCall");
        facts.Calls.Taken[request.Number] = true;
        LateResult<int> result;
        switch (request.Kind)
        {
            case AskKind.Handler:
                call.Reply(request.Number);
                result = LateResult.Ok(state);
                break;
            case AskKind.Server:
                _pending.TryAdd(request.Number, call);
                result = LateResult.Send(state, LateFrame.Text(string.Create(CultureInfo.InvariantCulture, $"ask {request.Number} {Session?.Number} {Secrets.Payload}")));
                break;
            default:
                result = LateResult.Ok(state);
                break;
        }

        facts.Life.Leave();
        return result;
    }

    public ValueTask<LateResult<int>> HandleInfoAsync(Note message, int state, CancellationToken cancellationToken)
    {
        Enter("HandleInfo");
        message.Handle(facts.Life.Frames);
        facts.Life.Leave();
        return LateResult.Ok(state);
    }

    public async ValueTask<LateResult<int>> HandleInfoAsync(Beat message, int state, CancellationToken cancellationToken)
    {
        Enter("HandleInfo");
        if (facts.IsEnding && facts.SelfStop is { } stop)
        {
            facts.SelfStop = null;
            facts.Record("handler: stops its own connection");
            facts.Require(await Control.EndsAsync(stop(), SelfStopTicks), "P14", "a callback that stops its own connection waits for itself");
        }

        if (Session is { } session)
        {
            session.Beats++;
            session.BeatAt = Control.Now;
        }

        try
        {
            self.PostAfter(s_beat, message);
        }
        catch (LateException)
        {
            // Its session has just ended.
        }

        facts.Life.Leave();
        return LateResult.Ok(state);
    }

    public ValueTask<LateResult<int>> HandleInfoAsync(Release message, int state, CancellationToken cancellationToken)
    {
        Enter("HandleInfo");
        facts.Life.Leave();
        return LateResult.Ok(state).ReleaseCalls();
    }

    public ValueTask<LateDisconnectResult<int>> HandleDisconnectAsync(LateDisconnect disconnect, int state, CancellationToken cancellationToken)
    {
        Enter("HandleDisconnect");
        facts.Life.Disconnects++;
        facts.Progress();
        facts.Record($"handler: HandleDisconnect of session {Session?.Number}: {disconnect.Reason} {disconnect.CloseCode}: {disconnect.Description}");
        if (Session is { } session)
        {
            facts.Require(session.Disconnect is null, "P3", "HandleDisconnect ran twice for one session");
            session.Disconnect = disconnect;
            if (disconnect is { WasReady: false, Reason: not (LateDisconnectReason.ReconnectRequested or LateDisconnectReason.HostStopping or LateDisconnectReason.SupervisorStopping) })
            {
                session.FailConnection?.Invoke();
            }

            facts.Require(
                disconnect.Reason != LateDisconnectReason.ProtocolError || session.IsWrong,
                "RFC 6455",
                $"a session in which the peer obeyed the protocol ended with: {disconnect.Description}");
            facts.Require(
                disconnect.Reason != LateDisconnectReason.ClosedByServer || disconnect.CloseCode != session.ClosedWith || session.Handled == session.Sent,
                "P1",
                $"{session.Sent} messages were written before an orderly close, and {session.Handled} were handled");
            facts.Life.Session = null;
        }
        else
        {
            facts.Break("P3", "HandleDisconnect ran without HandleConnect");
        }

        facts.Life.Leave();
        return LateDisconnectResult.Ok(state);
    }

    public async ValueTask HandleTerminateAsync(LateTerminateReason reason, int state, CancellationToken cancellationToken)
    {
        Enter("HandleTerminate");
        facts.Life.Terminate(reason);
        facts.Record($"handler: HandleTerminate: {reason.Kind}: {reason.Description}");
        facts.Life.Leave();
        if (Plan.IsSlowAtTheEnd)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        }
    }

    private void Enter(string callback)
    {
        if (facts.Life.Enter(callback) is { } problem)
        {
            facts.Break("P1", problem);
        }
    }

    private void Read(LateFrame frame)
    {
        var payload = frame.Payload.Span;
        if (payload.StartsWith("m "u8))
        {
            var parts = frame.GetText().Split(' ');
            var (session, number) = (int.Parse(parts[1], CultureInfo.InvariantCulture), int.Parse(parts[2], CultureInfo.InvariantCulture));
            facts.Require(session == Session?.Number, "P4", $"a message of session {session} was handled in session {Session?.Number}");
            if (Session is { } current)
            {
                facts.Require(number == current.Handled, "P1", $"message {number} was handled where {current.Handled} was to come");
                current.Handled = number + 1;
            }
        }
        else if (payload.StartsWith("answer "u8))
        {
            var number = int.Parse(frame.GetText().Split(' ')[1], CultureInfo.InvariantCulture);
            _pending.Reply(number, number);
        }
    }

    /// <summary>A frame that is kept behind its callback is refused, or still what it was.</summary>
    private void CheckKept(LateFrame frame)
    {
        if (_keptCopy is { } copy)
        {
            try
            {
                facts.Require(_kept.Payload.Span.SequenceEqual(copy), "P4", $"a frame kept behind its callback silently reads as another ({Encoding.UTF8.GetString(copy).Length} characters)");
            }
            catch (InvalidOperationException)
            {
                // What is wanted.
            }
        }

        (_kept, _keptCopy) = (frame, frame.ToArray());
    }
}
