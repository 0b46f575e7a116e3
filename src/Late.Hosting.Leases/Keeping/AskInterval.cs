using Late.Hosting.Connection.Reconnecting;

namespace Late.Hosting.Leases.Keeping;

/// <summary>When the store is asked again: those that have begun to wait in one moment do not always ask together, and each asks once in each interval.</summary>
internal static class AskInterval
{
    private const double Least = 0.8;

    /// <summary>The time to the next request.</summary>
    public static TimeSpan Next(TimeSpan interval, Randomizer randomizer) => interval * (Least + ((1 - Least) * randomizer()));
}
