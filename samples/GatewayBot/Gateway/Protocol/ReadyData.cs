using System.Text.Json.Serialization;

namespace GatewayBot.Gateway.Protocol;

/// <summary>The data of the event <c>READY</c>.</summary>
public sealed record ReadyData(string SessionId, [property: JsonPropertyName("resume_gateway_url")] Uri ResumeAt);
