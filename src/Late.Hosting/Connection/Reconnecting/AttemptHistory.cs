namespace Late.Hosting.Connection.Reconnecting;

/// <summary>What was before an attempt ended, as far as it counts for what follows.</summary>
/// <param name="Attempt">Which attempt it is since the last stable session; the first is 1.</param>
/// <param name="HasBeenReady">Whether the connection has had a ready session.</param>
/// <param name="CanAskAgain">Whether a 401 may be answered with other credentials: there is a hook that sets them, and there was no 401 since the last stable session.</param>
internal readonly record struct AttemptHistory(int Attempt, bool HasBeenReady, bool CanAskAgain)
{
    /// <summary>Whether there is another address that has not refused the upgrade since the last session that was ready.</summary>
    public bool HasAnotherAddress { get; init; }

    /// <summary>Whether there is a connection, or an attempt to make one, that was begun while the session continued.</summary>
    public bool HasCandidate { get; init; }
}
