using Late.Hosting.Simulation.Worlds;

namespace Late.Hosting.Simulation.Streams;

/// <summary>What the streams of a world are like, and their readers.</summary>
internal sealed record StreamPlan
{
    /// <summary>How many of a hundred actions of the application are about streams.</summary>
    public required int ActsPercent { get; init; }

    /// <summary>How many of a hundred callbacks write.</summary>
    public required int WritesPercent { get; init; }

    /// <summary>How many items they write at most.</summary>
    public required int MostItems { get; init; }

    /// <summary>How many of a hundred callbacks complete a stream.</summary>
    public required int CompletesPercent { get; init; }

    /// <summary>How many of a thousand callbacks fail one.</summary>
    public required int FailsPerMille { get; init; }

    /// <summary>The weights of how readers read: quickly, slowly, and not at all from some item on.</summary>
    public required int[] Paces { get; init; }

    /// <param name="dice">Chance.</param>
    /// <param name="hasLimits">Whether calls need slots; streams would take them.</param>
    /// <returns>Null where there are no streams.</returns>
    public static StreamPlan? Draw(Dice dice, bool hasLimits) => !dice.Chance(45) || hasLimits ? null : new StreamPlan
    {
        ActsPercent = dice.Pick(15, 40, 70),
        WritesPercent = dice.Pick(20, 60, 100),
        MostItems = dice.Pick(1, 5, 5, 100),
        CompletesPercent = dice.Pick(0, 5, 20),
        FailsPerMille = dice.Pick(0, 0, 20),
        Paces = [60, dice.Pick(0, 30, 100), dice.Pick(0, 5, 30)],
    };
}
