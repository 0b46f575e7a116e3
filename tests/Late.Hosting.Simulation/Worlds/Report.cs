namespace Late.Hosting.Simulation.Worlds;

/// <summary>What became of a world.</summary>
internal sealed record Report(ulong Seed, IReadOnlyList<string> Broken, WorldTrace Trace);
