namespace GatewayBot.Gateway;

/// <summary>What the handler knows.</summary>
/// <param name="Session">The session at the gateway; null where the next connection has to identify.</param>
/// <param name="IsAcknowledged">False from a heartbeat to its acknowledgment.</param>
/// <param name="Presence">The presence that is sent next; null for none.</param>
public sealed record GatewayState(GatewaySession? Session = null, bool IsAcknowledged = true, string? Presence = null);
