namespace Late.Hosting.Simulation.Handling;

/// <summary>What <c>HandleDisconnect</c> decided.</summary>
/// <param name="IsReconnect">It asked for a new session.</param>
/// <param name="After">With this delay.</param>
/// <param name="IsFault">It reported a fault.</param>
/// <param name="Request">How the next session is made; null where it did not specify that.</param>
internal readonly record struct Disconnected(bool IsReconnect, TimeSpan? After, bool IsFault = false, SessionRequest? Request = null)
{
    public static Disconnected Default => default;
}
