using Late.Hosting.Simulation.Worlds;

namespace Late.Hosting.Simulation.Network;

/// <summary>A flood in progress: whenever the client has read all there is, there is more immediately.</summary>
internal sealed class Flood(Subject subject, ServerSession session, FloodPlan plan, ServerLine line, ServerMessages messages, SentBytes sent)
{
    private readonly byte[] _payload = Enumerable.Repeat((byte)'f', plan.PayloadBytes).ToArray();
    private byte[]? _controls;
    private int _timesLeft = plan.Times;
    private int _roundsLeft = plan.Rounds;

    public FloodPlan Plan => plan;

    /// <summary>True while the client gets more whenever it reads.</summary>
    public bool IsRunning => _timesLeft > 0 && _roundsLeft > 0;

    public bool IsOver => _roundsLeft == 0;

    /// <summary>Begins, or continues after a pause.</summary>
    public void Begin()
    {
        if (IsOver)
        {
            return;
        }

        _timesLeft = plan.Times;
        if (plan.IsLarge)
        {
            subject.World.Retained.Weigh();
        }

        if (line.IsEarly || (session.Wire.SilentSince is not null && session.MayFlood))
        {
            Send();
        }
    }

    public void End() => _roundsLeft = 0;

    /// <summary>The client has read everything.</summary>
    public void OnDry()
    {
        if (!session.MayFlood)
        {
            return;
        }

        if (--_timesLeft > 0)
        {
            Send();
            return;
        }

        if (plan.IsLarge)
        {
            subject.World.Retained.WeighAgain();
        }

        if (--_roundsLeft > 0)
        {
            subject.Time.After(plan.Pause, Begin);
        }
        else
        {
            session.OnFloodOver();
        }
    }

    /// <summary>Sends once.</summary>
    public void Send()
    {
        switch (plan.Kind)
        {
            case FloodKind.EmptyMessages:
                messages.Finish();
                Send(messages.AddEmpty(plan.Frames));
                break;
            case FloodKind.EmptyFragments:
                var first = messages.AddFirstFragment();
                sent.AddControl(Controls);
                Send([.. first, .. Controls]);
                break;
            case FloodKind.Mixed:
                messages.Finish();
                var message = messages.AddSmall();
                sent.AddPings(Controls, _payload);
                Send([.. message, .. Controls]);
                break;
            case FloodKind.Pings:
                sent.AddPings(Controls, _payload);
                Send(Controls);
                break;
            default:
                sent.AddControl(Controls);
                Send(Controls);
                break;
        }
    }

    private byte[] Controls => _controls ??=
    [
        .. Enumerable.Range(0, plan.Frames).SelectMany(index => plan.Kind switch
        {
            FloodKind.EmptyFragments => ServerFrames.EmptyContinuation,
            FloodKind.Pongs => ServerFrames.Pong(_payload),
            FloodKind.Mixed when index % 3 > 0 => ServerFrames.Pong(_payload),
            _ => ServerFrames.Ping(_payload),
        }),
    ];

    // To a client that has read everything it comes at this moment.
    private void Send(byte[] bytes)
    {
        if (!line.IsEarly && session.MayFlood)
        {
            line.SendImmediately(bytes);
        }
        else
        {
            line.Send(bytes);
        }
    }
}
