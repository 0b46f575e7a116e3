using System.Text.Json;
using System.Text.Json.Serialization;

namespace GatewayBot.Gateway.Protocol;

/// <summary>An event, with its number in the session.</summary>
public sealed record Dispatch(
    [property: JsonPropertyName("t")] string Type,
    [property: JsonPropertyName("s")] long Sequence,
    [property: JsonPropertyName("d")] JsonElement Data) : GatewayMessage;
