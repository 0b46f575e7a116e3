using Late.Hosting.Simulation.Worlds;

namespace Late.Hosting.Simulation.Leases;

/// <summary>What a world of hosts with one lease is like.</summary>
internal sealed record LeasePlan
{
    public required int Hosts { get; init; }

    public required TimeSpan Ttl { get; init; }

    public required TimeSpan Margin { get; init; }

    public required TimeSpan AcquireInterval { get; init; }

    /// <summary>When the troubles end, and the hosts are stopped.</summary>
    public required TimeSpan Lasts { get; init; }

    /// <summary>The longest time that the store takes for one way.</summary>
    public required TimeSpan StoreLatency { get; init; }

    /// <summary>How many of a hundred requests to the store fail, hang, or have their answer lost.</summary>
    public required int StoreTroublePercent { get; init; }

    /// <summary>The store loses what it has answered, and refuses what it should renew: then only what a host knows itself can keep it from writing.</summary>
    public required bool StoreLies { get; init; }

    /// <summary>How many of a hundred writes pause between the check and the network.</summary>
    public required int PausePercent { get; init; }

    /// <summary>How much faster or slower a host's clock runs at most.</summary>
    public required double MostDrift { get; init; }

    /// <summary>How many of a hundred callbacks take their time.</summary>
    public required int SlowPercent { get; init; }

    /// <summary>The time between two troubles, on average.</summary>
    public required TimeSpan Quiet { get; init; }

    /// <summary>The longest pause between check and write: the quarter of the margin that the drift of clocks leaves.</summary>
    public TimeSpan MostPause => Margin / 4;

    /// <summary>From the beginning of the last renewal to the moment from which nothing is written.</summary>
    public TimeSpan WriteLimit => Ttl - (Margin / 2);

    public static LeasePlan Draw(Dice dice)
    {
        var ttl = dice.Time(1000, 30_000);
        var margin = TimeSpan.FromMilliseconds(Math.Floor(ttl.TotalMilliseconds * dice.Between(10, 50) / 100));
        return new LeasePlan
        {
            Hosts = dice.Pick(2, 2, 2, 3),
            Ttl = ttl,
            Margin = margin,
            AcquireInterval = dice.Time(50, 3000),
            Lasts = ttl * dice.Between(2, 25),
            StoreLatency = dice.Time(1, 50),
            StoreTroublePercent = dice.Pick(0, 0, 5, 30),
            StoreLies = dice.Chance(15),
            PausePercent = dice.Pick(0, 10, 50),
            MostDrift = dice.Chance(40) ? margin / ttl / 8 : 0,
            SlowPercent = dice.Pick(0, 0, 5, 20),
            Quiet = ttl * dice.Pick(0.3, 1, 4),
        };
    }
}
