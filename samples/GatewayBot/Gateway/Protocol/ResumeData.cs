using System.Text.Json.Serialization;

namespace GatewayBot.Gateway.Protocol;

public sealed record ResumeData(string Token, string SessionId, [property: JsonPropertyName("seq")] long Sequence);
