using Late.Hosting.Simulation.Worlds;

namespace Late.Hosting.Simulation.Streams;

/// <summary>What the reader of a stream does.</summary>
internal sealed record FlowPlan
{
    public required LateStreamOptions Options { get; init; }

    /// <summary>How many of a hundred items it takes its time for.</summary>
    public required int SlowPercent { get; init; }

    /// <summary>How many items it reads before it reads no more, and does not leave either; null where it does not stop.</summary>
    public required int? StuckAfter { get; init; }

    /// <summary>How many items it reads before it leaves; null where it stays.</summary>
    public required int? LeavesAfter { get; init; }

    /// <summary>When it cancels; null for never.</summary>
    public required TimeSpan? CanceledAfter { get; init; }

    /// <summary>How many items may wait for it.</summary>
    public int Capacity => Options.WhenFull == LateWhenFull.KeepLatest ? 1 : Options.Capacity ?? 1024;

    public static FlowPlan Draw(Dice dice, StreamPlan plan)
    {
        var pace = dice.Weighted(plan.Paces);
        return new FlowPlan
        {
            Options = new()
            {
                FirstItemTimeout = DrawTimeout(dice),
                ItemTimeout = DrawTimeout(dice),
                WhenNotReady = dice.Pick<LateWhenNotReady?>(null, null, LateWhenNotReady.Fail, LateWhenNotReady.Wait),
                WhenLost = (LateWhenLost)dice.Below(2),
                Capacity = dice.Pick<int?>(null, 1, 2, 8, 40),
                WhenFull = (LateWhenFull)dice.Below(3),
            },
            SlowPercent = pace == 1 ? dice.Pick(10, 100) : 0,
            StuckAfter = pace == 2 ? dice.Below(5) : null,
            LeavesAfter = dice.Chance(20) ? dice.Between(1, 20) : null,
            CanceledAfter = dice.Chance(15) ? dice.Time(1, 5000) : null,
        };
    }

    private static TimeSpan? DrawTimeout(Dice dice) => dice.Pick<TimeSpan?>(null, null, Timeout.InfiniteTimeSpan, dice.Time(5, 20_000));
}
