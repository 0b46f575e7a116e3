namespace GatewayBot.Servers;

/// <summary>The data of an event.</summary>
public sealed record SampleEvent(long Number);
