namespace Late.Hosting.Tests.Connection.Calls.Elsewhere;

/// <summary>A request with the name of another.</summary>
internal sealed record Ask(string Text) : ILateRequest<Ask, string>;
