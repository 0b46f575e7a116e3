using System.Text.Json;

namespace GatewayBot.Feed.Protocol;

public sealed record FeedPayload(FeedSession? Session = null, JsonElement? Event = null, FeedSubscription? Subscription = null);
