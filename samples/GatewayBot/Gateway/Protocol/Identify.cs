using System.Text.Json.Serialization;

namespace GatewayBot.Gateway.Protocol;

/// <summary>Begins a session.</summary>
public sealed record Identify([property: JsonPropertyName("d")] IdentifyData Data) : GatewayMessage;
