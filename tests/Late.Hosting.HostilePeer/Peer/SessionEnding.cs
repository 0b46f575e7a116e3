using Late.Hosting.HostilePeer.Oracle;
using Late.Hosting.HostilePeer.Scripts;

namespace Late.Hosting.HostilePeer.Peer;

/// <summary>The last step of a session.</summary>
internal sealed class SessionEnding(Facts facts, SessionFacts session, Duplex duplex, ClientReader reader, FrameWrite write, Func<Func<bool>, long, bool> await)
{
    // A client whose keep-alive is longer would be waited for for too long.
    private const int LongestKeepAlive = 2000;
    private const int StallTicks = 40;

    public void Run(Step step)
    {
        session.IsWrong = step.Kind is StepKind.BadFrame or StepKind.CutThenFin or StepKind.CutThenReset or StepKind.CutThenStall
            or StepKind.CloseWithBadCode or StepKind.CloseWithOneByte or StepKind.CloseWithBadReason;
        switch (step.Kind)
        {
            case StepKind.Fin:
                duplex.Fin();
                break;
            case StepKind.Reset:
                duplex.Reset();
                session.IsOver = true;
                break;
            case StepKind.Stall:
                Stall();
                break;
            case StepKind.Hold:
                break;
            case StepKind.BadFrame:
                write(Frames.MakeBad(step.Count));
                break;
            case StepKind.CutThenFin or StepKind.CutThenReset or StepKind.CutThenStall:
                Cut(step);
                break;
            default:
                Close(step);
                break;
        }
    }

    private void Close(Step step)
    {
        write(step.Kind switch
        {
            StepKind.CloseWithoutCode => Frames.Make(Frames.Close, []),
            StepKind.CloseWithOneByte => Frames.Make(Frames.Close, [3]),
            StepKind.CloseWithBadReason => Frames.Make(Frames.Close, [3, 0xE8, 0xFF, 0xFE]),
            StepKind.CloseThenData => [.. Frames.MakeClose(step.Count, "then data"), .. Frames.MakeText("x behind the close")],
            StepKind.CloseTwice => [.. Frames.MakeClose(step.Count, "once"), .. Frames.MakeClose(1000, "twice")],
            _ => Frames.MakeClose(step.Count, "the peer closes"),
        });
        switch (step.Kind)
        {
            case StepKind.Close or StepKind.CloseTwice or StepKind.CloseThenData:
                session.ClosedWith = step.Count;
                break;
            case StepKind.CloseThenFin:
                duplex.Fin();
                break;
            case StepKind.CloseThenReset:
                duplex.Reset();
                session.IsOver = true;
                return;
        }

        // §7.1.1: the server ends TCP when both close frames have gone.
        await(() => reader.HasClose, Control.Slack);
        duplex.Fin();
    }

    private void Cut(Step step)
    {
        var frame = Frames.MakeText("x " + new string('.', 200));
        write(frame.AsSpan(0, Math.Min(step.Size, frame.Length - 1)));
        if (step.Kind == StepKind.CutThenStall)
        {
            Stall();
        }
        else if (step.Kind == StepKind.CutThenFin)
        {
            duplex.Fin();
        }
        else
        {
            duplex.Reset();
            session.IsOver = true;
        }
    }

    private void Stall()
    {
        reader.IsMute = true;
        var keepAlive = facts.Script.Client.KeepAlive;
        if (keepAlive > LongestKeepAlive)
        {
            await(() => false, StallTicks);
            duplex.Reset();
            session.IsOver = true;
            return;
        }

        var bound = Control.Ticks(2 * keepAlive) + Control.Slack;
        if (!await(() => facts.Gate.IsClosedAndReached, bound) && !session.IsOver && !facts.IsEnding && !facts.Over.IsCancellationRequested)
        {
            facts.Break("P11", "a peer that had fallen silent was not noticed");
        }
    }
}
