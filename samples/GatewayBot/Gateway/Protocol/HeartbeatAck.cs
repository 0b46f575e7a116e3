namespace GatewayBot.Gateway.Protocol;

/// <summary>The acknowledgment of a heartbeat.</summary>
public sealed record HeartbeatAck : GatewayMessage;
