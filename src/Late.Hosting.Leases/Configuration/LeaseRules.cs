using Late.Hosting.Configuration;

namespace Late.Hosting.Leases.Configuration;

/// <summary>The checks that involve several options of a lease, and those that are stricter than a timer's.</summary>
internal static class LeaseRules
{
    private static readonly TimeSpan s_shortestTtl = TimeSpan.FromSeconds(1);

    /// <summary>Adds what is wrong.</summary>
    public static void Check(LateLeaseOptions options, Problems problems)
    {
        if (problems.Has(nameof(options.Ttl)) || problems.Has(nameof(options.Margin)))
        {
            return;
        }

        if (options.Ttl < s_shortestTtl)
        {
            problems.Add(nameof(options.Ttl), $"is {options.Ttl}. It is 1 second or more: a shorter lease is lost by a pause that every process has.");
        }
        else if (options.Margin > options.Ttl / 2)
        {
            problems.Add(nameof(options.Margin), $"is {options.Margin}, more than half of {nameof(options.Ttl)} ({options.Ttl}): the rest of it is for renewals.");
        }
    }
}
