using System.Text.Json.Serialization;

namespace GatewayBot.Gateway.Protocol;

/// <param name="Interval">The time between two heartbeats, in milliseconds.</param>
public sealed record HelloData([property: JsonPropertyName("heartbeat_interval")] int Interval);
