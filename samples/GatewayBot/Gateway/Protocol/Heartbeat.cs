using System.Text.Json.Serialization;

namespace GatewayBot.Gateway.Protocol;

/// <summary>The number of the last event. The gateway asks for one with the same message.</summary>
public sealed record Heartbeat([property: JsonPropertyName("d")] long? Sequence) : GatewayMessage;
