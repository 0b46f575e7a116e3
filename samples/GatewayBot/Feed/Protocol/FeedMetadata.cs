namespace GatewayBot.Feed.Protocol;

/// <param name="MessageType"><c>session_welcome</c>, <c>session_keepalive</c>, <c>session_reconnect</c> or <c>notification</c>.</param>
/// <param name="SubscriptionType">The topic of a notification.</param>
public sealed record FeedMetadata(string MessageType, string? SubscriptionType = null);
