namespace Late.Hosting.Testing.Tests.Support;

/// <summary>Adds to the total. The server confirms it.</summary>
public sealed record Add(int Number) : ILateRequest<Add, int>;
