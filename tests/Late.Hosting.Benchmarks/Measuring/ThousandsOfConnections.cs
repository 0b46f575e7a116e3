using System.Diagnostics;
using Late.Hosting.Benchmarks.Contestants;
using Late.Hosting.Benchmarks.Contestants.Late;
using Late.Hosting.Benchmarks.Contestants.Plain;

namespace Late.Hosting.Benchmarks.Measuring;

/// <summary>
/// Thousands of connections, in a process of their own: how fast they come, what they hold, what they cost while nothing
/// happens but their keep-alive, and how long a message to each takes.
/// </summary>
internal static class ThousandsOfConnections
{
    private const int Concurrency = 200;
    private const int WarmUpCount = 200;
    private const int WarmUpRounds = 5;

    // The keep-alive comes 20 s after the last message, and 20 s later again: between these two moments each pings twice.
    private static readonly TimeSpan s_untilIdle = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_idle = TimeSpan.FromSeconds(40);

    public static readonly IReadOnlyDictionary<string, Func<IManyConnections>> Contestants = new Dictionary<string, Func<IManyConnections>>
    {
        [Names.Plain] = () => new PlainMany(),
        [Names.Late] = () => new SupervisedConnections(),
    };

    public static Task<Dictionary<string, double>> MeasureAsync(string contestant, Bench bench, Version httpVersion) =>
        ChildProcess.MeasureAsync(["--many", contestant, $"{bench.Server}", $"{bench.Settings.Connections}", $"{httpVersion}"]);

    /// <summary>What the process does that <see cref="MeasureAsync"/> starts.</summary>
    public static async Task MeasureHereAsync(string contestant, ServerAddress server, int count, Version httpVersion)
    {
        var (create, uri) = (Contestants[contestant], server.Echo(httpVersion));
        for (int i = 0; i < WarmUpRounds; i++)
        {
            await using var few = create();
            few.Prepare(uri, httpVersion);
            await ConnectAsync(few, WarmUpCount);
            await few.EchoAsync();
        }

        var before = await MemoryUse.LookAsync();
        await using var many = create();
        many.Prepare(uri, httpVersion);
        var figures = new Dictionary<string, double>();
        await AddConnectsAsync(figures, many, count);
        AddMemory(figures, await MemoryUse.LookAsync() - before, count);
        long began = Stopwatch.GetTimestamp();
        await many.EchoAsync();
        figures[Metric.Echo] = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        figures[Metric.IdleCpu] = await IdleCpuAsync();
        var inUse = await MemoryUse.LookAsync() - before;
        (figures[Metric.MemoryInUse], figures[Metric.HeapInUse]) = (inUse.Private / 1024.0 / count, inUse.Heap / 1024.0 / count);
        ChildProcess.Report(figures);
    }

    private static Task ConnectAsync(IManyConnections connections, int count) =>
        Parallel.ForEachAsync(Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = Concurrency }, async (number, _) => await connections.ConnectAsync(number));

    private static async Task AddConnectsAsync(Dictionary<string, double> figures, IManyConnections connections, int count)
    {
        var cpu = Environment.CpuUsage.TotalTime;
        long began = Stopwatch.GetTimestamp();
        await ConnectAsync(connections, count);
        figures[Metric.Connects] = count / Stopwatch.GetElapsedTime(began).TotalSeconds;
        figures[Metric.ConnectCpu] = (Environment.CpuUsage.TotalTime - cpu).TotalMicroseconds / count;
    }

    private static void AddMemory(Dictionary<string, double> figures, MemoryUse growth, int count)
    {
        figures[Metric.Memory] = growth.Private / 1024.0 / count;
        figures[Metric.Heap] = growth.Heap / 1024.0 / count;
        figures[Metric.Kernel] = growth.Kernel / 1024.0 / count;
    }

    private static async Task<double> IdleCpuAsync()
    {
        await Task.Delay(s_untilIdle, TimeProvider.System);
        var cpu = Environment.CpuUsage.TotalTime;
        long began = Stopwatch.GetTimestamp();
        await Task.Delay(s_idle, TimeProvider.System);
        return 100 * (Environment.CpuUsage.TotalTime - cpu) / Stopwatch.GetElapsedTime(began);
    }
}
