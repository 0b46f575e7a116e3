using Late.Hosting.Connection.Reconnecting;

namespace Late.Hosting.Leases.Keeping;

/// <summary>When the store is asked again: those that have begun to wait in one moment do not always ask together, and each asks once in each interval.</summary>
internal static class AskInterval
{
    private const double Least = 0.8;
    private const double LeastToEnd = 0.05;

    // A store's time is in milliseconds, as timers are.
    private static readonly TimeSpan s_behind = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan s_mostToEnd = TimeSpan.FromMilliseconds(50);

    /// <summary>The time to the next request.</summary>
    public static TimeSpan Next(TimeSpan interval, Randomizer randomizer) => interval * (Least + ((1 - Least) * randomizer()));

    /// <summary>The same, or when the lease of another owner has ended, where that is earlier; not immediately, for a store that counts wrongly.</summary>
    public static TimeSpan Next(TimeSpan interval, Randomizer randomizer, TimeSpan? left)
    {
        var next = Next(interval, randomizer);
        if (left is not { } end || end >= next)
        {
            return next;
        }

        var least = TimeSpan.FromTicks(Math.Clamp((interval * LeastToEnd).Ticks, s_behind.Ticks, s_mostToEnd.Ticks));
        return end + s_behind > least ? end + s_behind : least;
    }
}
