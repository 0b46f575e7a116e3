using Late.Hosting.Dashboard.Sampling;
using Late.Hosting.Dashboard.Tests.Support;

namespace Late.Hosting.Dashboard.Tests.Sampling;

/// <summary>What an open page costs its host. Nothing else of these tests runs meanwhile.</summary>
[Collection(nameof(Alone))]
public sealed class CostTests
{
    private const int Seconds = 60;

    [Fact]
    public void A_thousand_busy_connections_cost_less_than_two_percent_of_a_core()
    {
        var clock = new TestClock();
        var (sampler, connections) = Observed.Create(clock, count: 1000);
        using var viewer = sampler.Join();
        var cost = TimeSpan.Zero;

        for (var second = 0; second < Seconds; second++)
        {
            foreach (var connection in connections)
            {
                connection.Statistics.CountReceived(12);
                connection.Statistics.CountBytesReceived(3456);
                connection.Statistics.CountSent(2);
                connection.Statistics.CountBytesSent(99);
                connection.Statistics.Calls.Count(hasFailed: false);
                connection.Statistics.Calls.Note(TimeSpan.FromMilliseconds(second));
            }

            // The clock runs the sampler on this thread.
            var before = Environment.CpuUsage.TotalTime;
            clock.Advance(Sampler.Interval);
            cost += Environment.CpuUsage.TotalTime - before;
            Observed.Drain(viewer);
        }

        var share = cost / (Seconds * Sampler.Interval);
        TestContext.Current.TestOutputHelper?.WriteLine($"{share:P2} of a core");
        Assert.True(share < 0.02, $"Looking costs {share:P2} of a core.");
    }
}
