using static System.FormattableString;

namespace Late.Hosting.Configuration;

/// <summary>The checks that involve several options of a connect budget.</summary>
internal static class BudgetRules
{
    /// <summary>Adds what is wrong.</summary>
    /// <param name="options">The options.</param>
    /// <param name="hasLimiter">Whether a limiter of the application allows the attempts.</param>
    /// <param name="problems">Where it is added.</param>
    public static void Check(LateConnectBudgetOptions options, bool hasLimiter, Problems problems)
    {
        if (options is { PerSecond: null, Concurrency: null } && !hasLimiter
            && !problems.Has(nameof(options.PerSecond)) && !problems.Has(nameof(options.Concurrency)))
        {
            problems.Add(nameof(options.PerSecond), $"is missing. Set it, or {nameof(options.Concurrency)}, or both.");
        }

        if (options.PerSecond is { } rate && (options.Burst - 1) / rate > Limits.LongestDelay.TotalSeconds)
        {
            problems.Add(nameof(options.Burst), Invariant($"is {options.Burst}, more than {nameof(options.PerSecond)} ({rate}) allows in a day."));
        }
    }
}
