namespace GatewayBot.Feed.Protocol;

/// <summary>A message of the feed.</summary>
public sealed record FeedMessage(FeedMetadata Metadata, FeedPayload Payload);
