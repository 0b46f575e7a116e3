using System.Text.Json.Serialization;

namespace GatewayBot.Gateway.Protocol;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(GatewayMessage))]
[JsonSerializable(typeof(ReadyData))]
public sealed partial class GatewayJson : JsonSerializerContext;
