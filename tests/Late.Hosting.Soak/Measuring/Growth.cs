using System.Globalization;

namespace Late.Hosting.Soak.Measuring;

/// <summary>Reports what has grown.</summary>
internal static class Growth
{
    private const double MostGrowth = 0.05;

    // A pool of threads breathes, and so do writers that have and have not written yet.
    private const int MostMoreThreads = 4;

    /// <summary>Compares the median working sets of the first and the last fifth of what was measured under load.</summary>
    public static IEnumerable<string> OfMemory(IReadOnlyList<Sample> samples)
    {
        var window = Math.Max(3, samples.Count / 5);
        var (before, after) = (Median(samples.Take(window)), Median(samples.TakeLast(window)));
        if (after > before * (1 + MostGrowth))
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"The working set grew from {before / 1e6:0.0} MB to {after / 1e6:0.0} MB, by more than {MostGrowth:P0}.");
        }
    }

    /// <summary>
    /// Compares what is held when the load is off, all calls have ended and all connections are ready. The clock of a
    /// connection's calls stays set for a while after the last of them, so it is there or not.
    /// </summary>
    public static IEnumerable<string> OfHeld(Sample before, Sample after, int connections) =>
    [
        .. More("handles", before.Handles, after.Handles, 0),
        .. More("threads", before.Threads, after.Threads, MostMoreThreads),
        .. More("rented buffers", before.Buffers, after.Buffers, connections),
        .. More("timers", before.Timers, after.Timers, connections),
    ];

    /// <summary>Compares what is held before the first connection and after the last.</summary>
    public static IEnumerable<string> OfLeft(Sample before, Sample after) =>
    [
        .. More("rented buffers", before.Buffers, after.Buffers, 0),
    ];

    private static IEnumerable<string> More(string what, long before, long after, int allowance)
    {
        if (after > before + allowance)
        {
            yield return $"There were {before} {what}, and there are {after}.";
        }
    }

    private static double Median(IEnumerable<Sample> samples)
    {
        var sorted = samples.Select(sample => sample.WorkingSet).Order().ToList();
        return (sorted[sorted.Count / 2] + sorted[(sorted.Count - 1) / 2]) / 2.0;
    }
}
