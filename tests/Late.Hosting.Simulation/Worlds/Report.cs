namespace Late.Hosting.Simulation.Worlds;

/// <summary>What became of a world.</summary>
internal sealed record Report(ulong Seed, IReadOnlyList<string> Broken, WorldTrace Trace)
{
    /// <summary>The same with what became of the seed's second world.</summary>
    public Report With(Report second)
    {
        Trace.Append(second.Trace);
        return this with { Broken = [.. Broken, .. second.Broken] };
    }
}
