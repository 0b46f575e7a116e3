namespace GatewayBot.Feed.Protocol;

/// <summary>A subscription, as the feed sees it.</summary>
/// <param name="Type">Its topic.</param>
/// <param name="Status"><c>enabled</c>, or why it was revoked: <c>authorization_revoked</c>, <c>user_removed</c> or <c>version_removed</c>.</param>
public sealed record FeedSubscription(string Type, string Status);
