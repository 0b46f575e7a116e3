namespace GatewayBot.Servers.Gateway;

public sealed record ResumedData;
