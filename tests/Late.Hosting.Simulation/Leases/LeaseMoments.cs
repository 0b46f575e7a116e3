namespace Late.Hosting.Simulation.Leases;

/// <summary>What else happens, by the world's choice, in the moments in which a host is granted its lease, is refused it, or loses it.</summary>
internal sealed class LeaseMoments(LeaseWorld world)
{
    // A host that stands by asks several hundred times in a world.
    private const int AnswersPerStop = 250;

    /// <summary>The store has answered a host that asks for the lease.</summary>
    public void OnAcquireAnswered(OwnerHost host)
    {
        if (world.Dice.Below(AnswersPerStop) == 0)
        {
            world.Restart(host);
        }
    }

    /// <summary>The store has refused to renew the lease of a host: it stops, or its handler faults, before or after that has ended the session.</summary>
    public void OnRenewalRefused(OwnerHost host)
    {
        switch (world.Dice.Weighted(60, 20, 20))
        {
            case 0:
                world.Restart(host);
                break;
            case 1:
                world.Server.Fault(host);
                break;
        }
    }

    /// <summary>A session is closed: its host may stop before that has ended.</summary>
    public void OnClosing(OwnerHost host)
    {
        if (world.Dice.Chance(15))
        {
            world.Time.After(world.Dice.Time(1, 60), () => world.Restart(host));
        }
    }

    /// <summary>A session has ended.</summary>
    /// <returns>True where the handler is to fault its connection.</returns>
    public bool OnDisconnect() => world.Dice.Chance(6);

    /// <summary>The first callback of a life runs.</summary>
    /// <returns>How long it is to take: now and then longer than a lease that cannot be renewed meanwhile.</returns>
    public TimeSpan OnInit(OwnerHost host)
    {
        if (!world.Dice.Chance(4))
        {
            return TimeSpan.Zero;
        }

        world.CutOff(host, world.Plan.Ttl * 1.2);
        return world.Plan.Ttl * 1.1;
    }
}
