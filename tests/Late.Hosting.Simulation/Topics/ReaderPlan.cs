using Late.Hosting.Simulation.Worlds;

namespace Late.Hosting.Simulation.Topics;

/// <summary>What a reader does.</summary>
internal sealed record ReaderPlan
{
    public required LateSubscribeOptions Options { get; init; }

    /// <summary>It reads events, and not items alone.</summary>
    public required bool ReadsEvents { get; init; }

    /// <summary>How many of a hundred items it takes its time for.</summary>
    public required int SlowPercent { get; init; }

    /// <summary>How many items it reads before it reads no more, and does not leave either; null where it does not stop.</summary>
    public required int? StuckAfter { get; init; }

    /// <summary>How many items it reads before it leaves; null where it stays.</summary>
    public required int? LeavesAfter { get; init; }

    /// <summary>How many of a hundred items end an enumeration, behind which the next one begins.</summary>
    public required int BreaksPercent { get; init; }

    /// <summary>When it cancels; null for never.</summary>
    public required TimeSpan? CanceledAfter { get; init; }

    public static ReaderPlan Draw(Subject subject, TopicPlan plan)
    {
        var dice = subject.World.Chances.Readers;
        var pace = dice.Weighted(plan.Paces);
        return new ReaderPlan
        {
            Options = new()
            {
                Timeout = dice.Pick<TimeSpan?>(null, null, Timeout.InfiniteTimeSpan, dice.Time(5, 20_000)),
                WhenNotReady = dice.Pick<LateWhenNotReady?>(null, null, LateWhenNotReady.Fail, LateWhenNotReady.Wait),
                Capacity = dice.Pick<int?>(null, 1, 2, 8, 40),
                WhenFull = (LateWhenFull)dice.Below(3),
                OnGap = (LateOnGap)dice.Below(2),
                Linger = dice.Chance(plan.LingersPercent) ? dice.Time(1, 20_000) : TimeSpan.Zero,
            },
            ReadsEvents = dice.Chance(60),
            SlowPercent = pace == 1 ? dice.Pick(10, 100) : 0,
            StuckAfter = pace == 2 ? dice.Below(5) : null,
            LeavesAfter = dice.Chance(20) ? dice.Below(20) : null,
            BreaksPercent = dice.Pick(0, 0, 20),
            CanceledAfter = dice.Chance(12) ? dice.Chance(10) ? TimeSpan.Zero : dice.Time(1, 5000) : null,
        };
    }
}
