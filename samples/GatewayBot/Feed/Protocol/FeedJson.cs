using System.Text.Json.Serialization;

namespace GatewayBot.Feed.Protocol;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(FeedMessage))]
[JsonSerializable(typeof(Subscription))]
public sealed partial class FeedJson : JsonSerializerContext;
