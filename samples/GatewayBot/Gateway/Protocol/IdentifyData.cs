namespace GatewayBot.Gateway.Protocol;

public sealed record IdentifyData(string Token, int Intents, IdentifyProperties Properties);
