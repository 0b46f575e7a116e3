namespace Late.Hosting.Testing.Tests.Support;

/// <summary>The time for a heartbeat has come.</summary>
public sealed record Beat;
