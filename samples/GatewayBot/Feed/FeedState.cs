namespace GatewayBot.Feed;

/// <summary>What the handler knows.</summary>
/// <param name="SessionId">The session at the feed, to which the subscriptions belong; null before the first.</param>
/// <param name="Events">How many events have come.</param>
public sealed record FeedState(string? SessionId = null, long Events = 0);
