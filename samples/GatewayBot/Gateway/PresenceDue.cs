namespace GatewayBot.Gateway;

/// <summary>A presence may be sent again.</summary>
public sealed record PresenceDue;
