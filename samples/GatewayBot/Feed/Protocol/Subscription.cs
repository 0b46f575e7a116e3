namespace GatewayBot.Feed.Protocol;

/// <summary>Asks for the events of a topic.</summary>
public sealed record Subscription(string Type, string SessionId);
