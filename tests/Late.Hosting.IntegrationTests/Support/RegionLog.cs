using System.Collections.Concurrent;

namespace Late.Hosting.IntegrationTests.Support;

/// <summary>What all handlers of a host went through.</summary>
public sealed class RegionLog
{
    private readonly ConcurrentQueue<string> _lines = new();

    public IReadOnlyCollection<string> Lines => _lines;

    public void Add(string line) => _lines.Enqueue(line);
}
