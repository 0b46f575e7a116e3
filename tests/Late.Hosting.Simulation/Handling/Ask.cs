namespace Late.Hosting.Simulation.Handling;

/// <summary>A call; its reply is its own number.</summary>
internal sealed record Ask(int Id) : ILateRequest<Ask, int>;
