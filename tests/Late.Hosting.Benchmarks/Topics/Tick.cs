namespace Late.Hosting.Benchmarks.Topics;

/// <summary>A topic of numbers.</summary>
internal sealed record Tick(string Symbol) : ILateTopic<Tick, long>;
