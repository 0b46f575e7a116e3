namespace Late.Hosting.Benchmarks.Measuring;

/// <summary>What a measurement is made with.</summary>
/// <param name="Server">Where the server listens.</param>
/// <param name="Probe">Asks it how many messages have come.</param>
/// <param name="Duration">How long to look.</param>
/// <param name="Settings">What the command line specifies.</param>
internal sealed record Bench(ServerAddress Server, CountProbe Probe, TimeSpan Duration, Settings Settings);
