using System.Text.Json.Serialization;

namespace GatewayBot.Gateway.Protocol;

/// <summary>The first message of every connection.</summary>
public sealed record Hello([property: JsonPropertyName("d")] HelloData Data) : GatewayMessage;
