namespace Late.Hosting.Soak.Load;

/// <summary>A question, which the server answers with itself.</summary>
internal sealed record Ask(int Number) : ILateRequest<Ask, int>;
