namespace Late.Hosting.Simulation.Topics;

/// <summary>A topic that the handler subscribes to one by one.</summary>
internal sealed record Quote(int Number) : ILateTopic<Quote, long>;
