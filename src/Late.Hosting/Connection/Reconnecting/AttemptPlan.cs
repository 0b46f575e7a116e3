namespace Late.Hosting.Connection.Reconnecting;

/// <summary>What an attempt begins with.</summary>
/// <param name="Number">Which attempt it is since the last stable session.</param>
/// <param name="Addresses">Has the configured address that it goes to.</param>
/// <param name="Connecting">Runs <c>HandleConnecting</c>.</param>
/// <param name="Previous">The outcome before it; null for none.</param>
internal sealed record AttemptPlan(
    int Number, Addresses Addresses, Func<LateHandshakeContext, CancellationToken, Task> Connecting, LateSessionOutcome? Previous)
{
    /// <summary>The address that was asked for, which may come from a message of the server; null for the configured one.</summary>
    public Uri? Requested { get; init; }
}
