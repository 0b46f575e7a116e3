namespace Late.Hosting.Benchmarks.Measuring;

/// <summary>Something that several contestants do.</summary>
/// <param name="Group">What <c>--only</c> chooses it by.</param>
/// <param name="Name">What it is.</param>
/// <param name="Contestants">What does it, and how it is measured.</param>
/// <param name="Targets">What is wanted of Late.Hosting.</param>
internal sealed record Work(string Group, string Name, IReadOnlyDictionary<string, Measurement> Contestants, params IReadOnlyList<Target> Targets)
{
    /// <summary>True where client and server share one core: else the wake-ups of other cores hide what a round trip takes.</summary>
    public bool IsPinned { get; init; }

    /// <summary>Whether a round that does not count comes first; not where each round is a new process.</summary>
    public bool WarmsUp { get; init; } = true;

    /// <summary>How many rounds are enough: fewer where one takes minutes, and looks at thousands of connections.</summary>
    public int MostRounds { get; init; } = int.MaxValue;

    /// <summary>What a round may take in addition to the time to look: to connect, to settle and to close, on a machine that has other things to do.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(60);
}
