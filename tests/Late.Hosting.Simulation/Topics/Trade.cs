namespace Late.Hosting.Simulation.Topics;

/// <summary>A topic that the handler subscribes to in batches.</summary>
internal sealed record Trade(int Number) : ILateTopic<Trade, long>;
