using System.Text.Json.Serialization;
using GatewayBot.Servers.Gateway;

namespace GatewayBot.Servers;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ResumedData))]
[JsonSerializable(typeof(SampleEvent))]
public sealed partial class ServersJson : JsonSerializerContext;
