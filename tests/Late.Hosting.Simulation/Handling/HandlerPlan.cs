using Late.Hosting.Simulation.Worlds;

namespace Late.Hosting.Simulation.Handling;

/// <summary>What kind of a handler a world has: the weights of what its callbacks do.</summary>
internal sealed record HandlerPlan
{
    public required int[] Paces { get; init; }

    public required int[] Outcomes { get; init; }

    public required int[] Sides { get; init; }

    public required int HoldsPercent { get; init; }

    public required int ImmediateRepliesPercent { get; init; }

    public required int MostFrameChars { get; init; }

    public required TimeSpan MostDelay { get; init; }

    /// <summary>How many posts to itself follow each other in a session, each from the callback of the one before.</summary>
    public required int OwnPostsInRow { get; init; }

    /// <summary>Whether it does anything before an attempt.</summary>
    public required bool Connects { get; init; }

    /// <summary>It has a <c>HandleClosing</c>.</summary>
    public required bool SendsGoodbye { get; init; }

    /// <summary>How many of a hundred results release calls that nothing holds.</summary>
    public required int ReleasesAgainPercent { get; init; }

    /// <summary>How many of a hundred ends of calls release the slot.</summary>
    public required int ReleasesSlotPercent { get; init; }

    /// <param name="dice">Chance.</param>
    /// <param name="extras">Chance of its own, for what most worlds do not have.</param>
    /// <param name="lives">Chance of its own, for faults.</param>
    /// <param name="switches">Chance of its own, for how sessions are replaced.</param>
    /// <param name="slots">Chance of its own, for calls.</param>
    /// <param name="trouble">From nothing (0) to much (3).</param>
    public static HandlerPlan Draw(Dice dice, Dice extras, Dice lives, Dice switches, Dice slots, int trouble) => new()
    {
        Paces = [60, 20, dice.Pick(2, 20, 60), dice.Chance(10 * trouble) ? 3 : 0, dice.Chance(3 * trouble) ? 2 : 0],
        Outcomes =
        [
            40,
            dice.Pick(5, 40, 100),
            dice.Chance(15 * trouble) ? dice.Pick(2, 20) : 0,
            dice.Chance(10 * trouble) ? 3 : 0,
            dice.Chance(5 * trouble) ? 1 : 0,
            dice.Chance(10 * trouble) ? 3 : 0,
            lives.Chance(30) ? lives.Pick(1, 5) : 0,
        ],
        Sides = [70, 12, 6, 4, 3, 8],
        HoldsPercent = dice.Pick(0, 0, 30, 100),
        ImmediateRepliesPercent = dice.Pick(0, 30, 100),
        MostFrameChars = dice.Chance(5) ? 20_000 : dice.Pick(20, 300),
        MostDelay = dice.Time(5, 15_000),
        SendsGoodbye = extras.Chance(60),
        OwnPostsInRow = extras.Chance(8) ? extras.Pick(20, 200, 2000) : 0,
        Connects = extras.Chance(30),
        ReleasesAgainPercent = switches.Chance(10) ? 50 : 0,
        ReleasesSlotPercent = slots.Pick(0, 50, 100),
    };
}
