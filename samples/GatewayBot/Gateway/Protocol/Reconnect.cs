namespace GatewayBot.Gateway.Protocol;

/// <summary>The gateway wants the client to reconnect and resume.</summary>
public sealed record Reconnect : GatewayMessage;
