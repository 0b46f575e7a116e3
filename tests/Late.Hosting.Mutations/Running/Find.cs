namespace Late.Hosting.Mutations.Running;

/// <summary>What a tool found.</summary>
/// <param name="Seed">The seed; empty for a test.</param>
/// <param name="What">What it reports of it.</param>
/// <param name="Time">After how long.</param>
internal sealed record Find(string Seed, string What, TimeSpan Time);
