namespace Late.Hosting.Simulation.Handling;

/// <summary>What <c>HandleDisconnect</c> decided.</summary>
/// <param name="IsReconnect">It asked for a new session.</param>
/// <param name="After">With this delay.</param>
internal readonly record struct Disconnected(bool IsReconnect, TimeSpan? After)
{
    public static Disconnected Default => default;
}
