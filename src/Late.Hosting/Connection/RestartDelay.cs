using Late.Hosting.Connection.Reconnecting;

namespace Late.Hosting.Connection;

/// <summary>How long a connection that has ended by itself waits for its restart.</summary>
internal static class RestartDelay
{
    // Above it the power exceeds any longest delay.
    private const int MostDoublings = 30;

    /// <summary>Grows with every restart, and lies between a half and the whole of that, so that not all come at the same time.</summary>
    public static TimeSpan Next(TimeSpan baseDelay, TimeSpan maxDelay, int restarts, Randomizer randomizer)
    {
        var grown = baseDelay * Math.Pow(2, Math.Min(restarts, MostDoublings));
        return (grown < maxDelay ? grown : maxDelay) * (0.5 + (0.5 * randomizer()));
    }
}
