using Late.Hosting.Simulation.Worlds;

namespace Late.Hosting.Simulation.Network;

/// <summary>Frames that a server sends for as long as the client reads: however often that is, there are more.</summary>
internal sealed record FloodPlan
{
    /// <summary>It fills every read.</summary>
    public required bool IsLarge { get; init; }

    public required FloodKind Kind { get; init; }

    /// <summary>How many frames are sent at a time.</summary>
    public required int Frames { get; init; }

    /// <summary>The payload of its pings and pongs.</summary>
    public required int PayloadBytes { get; init; }

    /// <summary>How many times frames are sent before there is a pause: the world is finite.</summary>
    public required int Times { get; init; }

    public required int Rounds { get; init; }

    public required TimeSpan Pause { get; init; }

    /// <summary>The server reads nothing as long as it lasts.</summary>
    public required bool IsUnread { get; init; }

    /// <summary>The server takes no notice of the client's close frame.</summary>
    public required bool IgnoresClose { get; init; }

    /// <summary>The same where each read brings a few bytes: there are many reads without many frames.</summary>
    public FloodPlan Over(LinkPlan link) => link.MostBytesPerRead == int.MaxValue ? this : this with { IsLarge = false, Frames = (Frames % 8) + 1 };

    public static FloodPlan Draw(Dice dice)
    {
        // What is sent in all is limited: many small pieces, or a few that fill every read.
        var isLarge = dice.Chance(10);
        var kind = (FloodKind)dice.Weighted(20, 20, 25, 20, 15);

        // Each message has its callback.
        isLarge &= kind != FloodKind.EmptyMessages;
        return new FloodPlan
        {
            IsLarge = isLarge,
            Kind = kind,
            Frames = isLarge ? dice.Between(2000, 30_000) : dice.Chance(20) ? dice.Between(100, kind == FloodKind.EmptyMessages ? 150 : 500) : dice.Between(1, 12),
            PayloadBytes = isLarge || dice.Chance(60) ? 0 : dice.Pick(1, 12, 125),
            Times = isLarge ? dice.Between(10, 80) : kind == FloodKind.EmptyMessages ? dice.Pick(20, 100) : dice.Pick(100, 400, 1500),
            Rounds = dice.Between(1, 3),
            Pause = dice.Chance(30) ? TimeSpan.FromTicks(1) : dice.Time(1, 2000),
            IsUnread = dice.Chance(25),
            IgnoresClose = dice.Chance(25),
        };
    }
}
