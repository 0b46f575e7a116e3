namespace GatewayBot.Gateway;

/// <summary>The next heartbeat is due.</summary>
public sealed record HeartbeatDue(TimeSpan Interval);
