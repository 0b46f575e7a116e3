using System.Text.Json.Serialization;

namespace GatewayBot.Gateway.Protocol;

/// <summary>Continues a session: the gateway sends what was missed.</summary>
public sealed record Resume([property: JsonPropertyName("d")] ResumeData Data) : GatewayMessage;
