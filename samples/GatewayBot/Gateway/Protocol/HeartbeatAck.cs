namespace GatewayBot.Gateway.Protocol;

/// <summary>The acknowledgement of a heartbeat.</summary>
public sealed record HeartbeatAck : GatewayMessage;
