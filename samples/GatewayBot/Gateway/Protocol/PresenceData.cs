namespace GatewayBot.Gateway.Protocol;

public sealed record PresenceData(string Status, long? Since, bool Afk, IReadOnlyList<string> Activities);
