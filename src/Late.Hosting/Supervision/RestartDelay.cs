using Late.Hosting.Connection.Reconnecting;

namespace Late.Hosting.Supervision;

/// <summary>How long a supervised connection that has ended waits for its next start.</summary>
internal static class RestartDelay
{
    // Above it the power exceeds any MaxDelay.
    private const int MostDoublings = 30;

    /// <summary>Grows with every restart, and lies between a half and the whole of that, so that not all come at the same time.</summary>
    public static TimeSpan Next(LateReconnectOptions options, int restarts, Randomizer randomizer)
    {
        var grown = options.BaseDelay * Math.Pow(2, Math.Min(restarts, MostDoublings));
        return (grown < options.MaxDelay ? grown : options.MaxDelay) * (0.5 + (0.5 * randomizer()));
    }
}
