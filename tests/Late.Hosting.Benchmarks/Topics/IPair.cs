namespace Late.Hosting.Benchmarks.Topics;

/// <summary>Two ways to do the same, which are measured alternately in one process.</summary>
internal interface IPair
{
    string Name { get; }

    /// <summary>The limit of the ratio, ours to theirs.</summary>
    double Limit { get; }

    /// <summary>Whether the ratio is to be below the limit, and not above it.</summary>
    bool IsWorseWhenHigher { get; }

    /// <summary>What else was measured.</summary>
    string Remark { get; }

    Task<double> OursAsync();

    Task<double> TheirsAsync();
}
