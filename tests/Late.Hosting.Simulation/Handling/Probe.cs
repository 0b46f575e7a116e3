namespace Late.Hosting.Simulation.Handling;

/// <summary>Another call, of whose end the handler is not notified.</summary>
internal sealed record Probe(int Id) : ILateRequest<Probe, int>;
