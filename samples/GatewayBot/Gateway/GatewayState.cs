namespace GatewayBot.Gateway;

/// <summary>What the handler knows.</summary>
/// <param name="Session">The session at the gateway; null where the next connection has to identify.</param>
/// <param name="IsAcknowledged">False from a heartbeat to its acknowledgment.</param>
public sealed record GatewayState(GatewaySession? Session = null, bool IsAcknowledged = true);
