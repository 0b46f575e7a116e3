using System.Diagnostics;

namespace Late.Hosting.Benchmarks.Measuring;

/// <summary>Looks at a trial for a while.</summary>
internal static class Observation
{
    private static readonly TimeSpan s_settle = TimeSpan.FromMilliseconds(300);

    public static async Task<Dictionary<string, double>> TakeAsync(ITrial trial, Bench bench)
    {
        await using var running = trial;
        await trial.StartAsync(bench.Server);
        await Task.Delay(s_settle, TimeProvider.System);
        trial.RoundTrips?.Clear();
        long allocated = GC.GetTotalAllocatedBytes(precise: true);
        var cpu = Environment.CpuUsage.TotalTime;
        var begin = await ReadAsync(trial, bench.Probe);
        await Task.Delay(bench.Duration, TimeProvider.System);
        var end = await ReadAsync(trial, bench.Probe);
        cpu = Environment.CpuUsage.TotalTime - cpu;
        allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
        double count = end.Count - begin.Count;
        if (count == 0)
        {
            throw new InvalidOperationException($"{trial.GetType().Name} did nothing.");
        }

        double rate = count / Stopwatch.GetElapsedTime(begin.Timestamp, end.Timestamp).TotalSeconds;
        if (trial.RoundTrips is { } roundTrips)
        {
            return new()
            {
                [Metric.Median] = roundTrips.Microseconds(0.5),
                [Metric.Tail] = roundTrips.Microseconds(0.99),
                [Metric.Calls] = rate,
                [Metric.Cpu] = cpu.TotalMicroseconds / count,
                [Metric.Allocated] = allocated / count,
            };
        }

        return new()
        {
            [Metric.Rate] = rate,
            [Metric.Cpu] = cpu.TotalMicroseconds / count,
            [Metric.Allocated] = allocated / count,
        };
    }

    private static async Task<(long Timestamp, long Count)> ReadAsync(ITrial trial, CountProbe probe) =>
        trial.Done is { } done ? (Stopwatch.GetTimestamp(), done) : await probe.ReadAsync();
}
