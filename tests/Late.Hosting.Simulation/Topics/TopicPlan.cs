using Late.Hosting.Simulation.Worlds;

namespace Late.Hosting.Simulation.Topics;

/// <summary>What the topics of a world are like, and their readers.</summary>
internal sealed record TopicPlan
{
    // More would take the time of many worlds.
    private const int LargestCrowd = 1000;

    /// <summary>How many topics there are; every other one is subscribed to in batches.</summary>
    public required int Topics { get; init; }

    /// <summary>How many of a hundred actions of the application are those of readers.</summary>
    public required int ActsPercent { get; init; }

    /// <summary>How many of a hundred callbacks publish.</summary>
    public required int PublishesPercent { get; init; }

    /// <summary>How many items they publish at most.</summary>
    public required int MostItems { get; init; }

    /// <summary>How many of a hundred topics are confirmed later, or never.</summary>
    public required int HoldsPercent { get; init; }

    /// <summary>How many of a thousand callbacks fail a topic.</summary>
    public required int FailsPerMille { get; init; }

    /// <summary>The weights of how readers read: quickly, slowly, and not at all from some item on.</summary>
    public required int[] Paces { get; init; }

    /// <summary>How many of a hundred readers leave the topic subscribed to for a time.</summary>
    public required int LingersPercent { get; init; }

    /// <summary>How many readers come together; most times one.</summary>
    public required int Crowd { get; init; }

    /// <returns>Null where there are no topics.</returns>
    public static TopicPlan? Draw(Dice dice) => !dice.Chance(40) ? null : new TopicPlan
    {
        Topics = dice.Between(1, 6),
        ActsPercent = dice.Pick(15, 40, 70),
        PublishesPercent = dice.Pick(10, 40, 90),
        MostItems = dice.Pick(1, 5, 5, 100),
        HoldsPercent = dice.Pick(0, 0, 40, 100),
        FailsPerMille = dice.Pick(0, 0, 20),
        Paces = [60, dice.Pick(0, 30, 100), dice.Pick(0, 5, 30)],
        LingersPercent = dice.Pick(0, 0, 50),
        Crowd = dice.Below(400) == 0 ? LargestCrowd : dice.Chance(5) ? 20 : 1,
    };
}
