namespace GatewayBot.Feed.Protocol;

/// <param name="Id">The id of the session, to which subscriptions belong.</param>
/// <param name="ReconnectUrl">Where the session moves to.</param>
public sealed record FeedSession(string Id, Uri? ReconnectUrl = null);
