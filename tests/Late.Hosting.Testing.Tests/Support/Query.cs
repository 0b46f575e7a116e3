namespace Late.Hosting.Testing.Tests.Support;

/// <summary>Asks the server.</summary>
public sealed record Query(string Text) : ILateRequest<Query, string>;
