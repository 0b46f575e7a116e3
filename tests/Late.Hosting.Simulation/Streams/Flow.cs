namespace Late.Hosting.Simulation.Streams;

/// <summary>A request with many replies: the numbers from 0 on.</summary>
internal sealed record Flow(int Id) : ILateStreamRequest<Flow, int>;
