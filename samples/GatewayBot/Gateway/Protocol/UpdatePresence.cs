using System.Text.Json.Serialization;

namespace GatewayBot.Gateway.Protocol;

/// <summary>What the gateway shows other users of the bot.</summary>
public sealed record UpdatePresence([property: JsonPropertyName("d")] PresenceData Data) : GatewayMessage;
