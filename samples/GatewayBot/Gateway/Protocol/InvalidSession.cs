using System.Text.Json.Serialization;

namespace GatewayBot.Gateway.Protocol;

/// <summary>The session cannot be begun or resumed now.</summary>
public sealed record InvalidSession([property: JsonPropertyName("d")] bool IsResumable) : GatewayMessage;
