namespace WorkerSample.Feed;

/// <summary>The answer to <c>POST /feed/drop</c>.</summary>
/// <param name="Connections">How many connections were dropped.</param>
/// <param name="AwaySeconds">For how long the feed takes no new one.</param>
public sealed record Dropped(int Connections, int AwaySeconds);
