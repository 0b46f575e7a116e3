using Late.Hosting.Simulation.Network;
using Late.Hosting.Simulation.Worlds;

namespace Late.Hosting.Simulation.Calling;

/// <summary>What else happens, by the world's choice, in those moments of a session in which it matters most.</summary>
internal sealed class Moments(Subject subject)
{
    private Dice Switches => subject.World.Chances.Switches;

    /// <summary>A session begins.</summary>
    public void OnConnecting()
    {
        if (subject.Plan.DrawsRequests && Switches.Chance(30))
        {
            subject.Time.After(Switches.Time(1, 200), subject.Callers.Reconnects.Act);
        }
    }

    /// <summary>A goodbye begins.</summary>
    public void OnClosing()
    {
        if (!subject.Plan.DrawsRequests)
        {
            return;
        }

        var session = subject.Session!;
        switch (Switches.Weighted(70, 5, 25))
        {
            case 0:
                subject.Time.After(Switches.Time(1, 300), session.Break);
                break;
            case 1:
                subject.World.StopAfter(Switches.Time(1, 300));
                break;
        }
    }

    /// <summary>A session is to be closed for its rotation: shortly before, calls that are to be finished keep it for another request.</summary>
    /// <param name="left">The time until then.</param>
    public void OnRotationDrawn(TimeSpan left)
    {
        var drains = subject.World.Chances.Drains;
        if (!subject.Plan.DrawsRequests || !drains.Chance(50))
        {
            return;
        }

        var delay = left - drains.Time(1, 50);
        if (delay > TimeSpan.Zero)
        {
            subject.Time.After(delay, subject.Callers.DrainNow);
        }
    }

    /// <summary>The next connection is made while its predecessor continues.</summary>
    /// <param name="session">The server's end of it.</param>
    public void OnPrepared(ServerSession session)
    {
        if (subject.Plan.DrawsRequests && Switches.Chance(30))
        {
            // When the first message decides, what else happens at that very moment matters most.
            session.Wire.Arriving = () => _ = subject.Callers.Reconnects.HastenAsync(Switches.Below(8));
        }

        if (subject.Dice.Chance(20))
        {
            // Between the two sessions a new address matters most.
            subject.Time.After(subject.Dice.Time(1, 500), subject.World.Reload);
        }
    }
}
