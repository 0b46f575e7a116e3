namespace Late.Hosting.AotSmoke;

/// <summary>Asks the server for an answer.</summary>
internal sealed record Ask(string Text) : ILateRequest<Ask, Answer>;
