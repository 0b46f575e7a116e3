namespace Late.Hosting.Testing.Tests.Support;

/// <summary>Counts down by posting to itself.</summary>
public sealed record Count(int Left);
