namespace GatewayBot.Feed.Protocol;

/// <param name="MessageType"><c>session_welcome</c>, <c>session_keepalive</c>, <c>session_reconnect</c>, <c>notification</c> or <c>revocation</c>.</param>
/// <param name="SubscriptionType">The topic of a notification or a revocation.</param>
public sealed record FeedMetadata(string MessageType, string? SubscriptionType = null);
