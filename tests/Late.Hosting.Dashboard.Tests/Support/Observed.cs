using Late.Hosting.Dashboard.Sampling;

namespace Late.Hosting.Dashboard.Tests.Support;

/// <summary>A sampler of connections whose numbers and states a test writes itself.</summary>
internal static class Observed
{
    public static (Sampler Sampler, List<ListedConnection> Connections) Create(TimeProvider clock, int count)
    {
        var directory = new ListedConnections();
        directory.List.AddRange(Enumerable.Range(0, count).Select(number => new ListedConnection($"c{number}", clock)));
        return (new Sampler(directory, clock, "Test", "1"), directory.List);
    }

    /// <summary>Takes what waits for a page; how much it was.</summary>
    public static int Drain(Viewer viewer)
    {
        var count = 0;
        while (viewer.Messages.TryRead(out _))
        {
            count++;
        }

        return count;
    }
}
