namespace GatewayBot.Gateway;

/// <summary>Posted to the handler: what the gateway shows other users of the bot.</summary>
/// <param name="Status"><c>online</c>, <c>idle</c> or <c>dnd</c>.</param>
public sealed record SetPresence(string Status);
