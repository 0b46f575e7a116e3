using Late.Hosting.Simulation.Worlds;

namespace Late.Hosting.Simulation.Spreading;

/// <summary>What a world of hosts that share the keys of a supervisor is like.</summary>
internal sealed record SpreadPlan
{
    public required int Hosts { get; init; }

    public required int Keys { get; init; }

    public required TimeSpan Ttl { get; init; }

    public required TimeSpan Margin { get; init; }

    public required TimeSpan AcquireInterval { get; init; }

    /// <summary>When the troubles end.</summary>
    public required TimeSpan Lasts { get; init; }

    /// <summary>The longest time that the store takes for one way.</summary>
    public required TimeSpan StoreLatency { get; init; }

    /// <summary>How many of a hundred requests to the store fail, hang, or have their answer lost, until the troubles end.</summary>
    public required int StoreTroublePercent { get; init; }

    /// <summary>How many keys have a connection that fails soon, wherever it runs, until the troubles end.</summary>
    public required int FaultyKeys { get; init; }

    /// <summary>How many of a hundred keys a host does not have.</summary>
    public required int MissingPercent { get; init; }

    /// <summary>The time between two troubles, on average.</summary>
    public required TimeSpan Quiet { get; init; }

    public static SpreadPlan Draw(Dice dice)
    {
        var ttl = dice.Time(3000, 20_000);
        var keys = dice.Pick(1, 2, 3, 5, 10);
        return new SpreadPlan
        {
            Hosts = dice.Pick(1, 2, 2, 2, 3, 4),
            Keys = keys,
            Ttl = ttl,
            Margin = ttl * dice.Pick(0.1, 0.2, 0.5),
            AcquireInterval = dice.Time(500, 2000),
            Lasts = ttl * dice.Between(0, 12),
            StoreLatency = dice.Time(1, 40),
            StoreTroublePercent = dice.Pick(0, 0, 0, 5, 30),
            FaultyKeys = dice.Pick(0, 0, 0, 1, 2),
            MissingPercent = dice.Pick(0, 0, 0, 0, 30),
            Quiet = ttl * dice.Pick(0.5, 1, 3),
        };
    }
}
