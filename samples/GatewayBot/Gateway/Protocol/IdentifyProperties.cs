namespace GatewayBot.Gateway.Protocol;

public sealed record IdentifyProperties(string Os, string Browser, string Device);
