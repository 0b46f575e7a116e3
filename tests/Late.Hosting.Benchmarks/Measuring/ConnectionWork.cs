using System.Diagnostics;
using Late.Hosting.Benchmarks.Contestants;

namespace Late.Hosting.Benchmarks.Measuring;

/// <summary>Measures many connections at once: how long they take to connect, and what they hold while they are quiet.</summary>
internal static class ConnectionWork
{
    private const int ConnectCount = 200;
    private const int IdleCount = 1000;
    private const int WarmUpCount = 50;

    private static readonly TimeSpan s_quiet = TimeSpan.FromSeconds(2);

    /// <summary>How many connections become ready in a second, all begun at once.</summary>
    public static async Task<Dictionary<string, double>> ConnectAsync(IConnections connections, ServerAddress server)
    {
        connections.Prepare(server, server.Raw("/sink"), ConnectCount);
        await using var connected = connections;
        var cpu = Environment.CpuUsage.TotalTime;
        long began = Stopwatch.GetTimestamp();
        await connections.ConnectAsync();
        double seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        cpu = Environment.CpuUsage.TotalTime - cpu;
        return new() { [Metric.Connects] = ConnectCount / seconds, [Metric.ConnectCpu] = cpu.TotalMicroseconds / ConnectCount };
    }

    /// <summary>What a process grows by for each connection. A few before it load the code and warm it up.</summary>
    public static async Task<Dictionary<string, double>> HoldAsync(Func<IConnections> create, ServerAddress server)
    {
        for (int i = 0; i < 4; i++)
        {
            await using var few = create();
            few.Prepare(server, server.Idle, WarmUpCount);
            await few.ConnectAsync();
        }

        var before = await LookAsync();
        await using var many = create();
        many.Prepare(server, server.Idle, IdleCount);
        await many.ConnectAsync();
        var after = await LookAsync();
        return new()
        {
            [Metric.Memory] = (after.Private - before.Private) / 1024.0 / IdleCount,
            [Metric.Heap] = (after.Heap - before.Heap) / 1024.0 / IdleCount,
        };
    }

    private static async Task<(long Private, long Heap)> LookAsync()
    {
        await Task.Delay(s_quiet, TimeProvider.System);
        for (int i = 0; i < 3; i++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }

        return (PrivateBytes(), GC.GetTotalMemory(forceFullCollection: true));
    }

    // Resident and shared with no other process; elsewhere than on Linux the working set has to do.
    private static long PrivateBytes()
    {
        if (!OperatingSystem.IsLinux())
        {
            return Environment.WorkingSet;
        }

        var pages = File.ReadAllText("/proc/self/statm").Split(' ');
        return (Parse(pages[1]) - Parse(pages[2])) * Environment.SystemPageSize;

        static long Parse(string number) => long.Parse(number, System.Globalization.CultureInfo.InvariantCulture);
    }
}
