using System.Diagnostics;
using Late.Hosting.Benchmarks.Contestants;

namespace Late.Hosting.Benchmarks.Measuring;

/// <summary>Measures many connections concurrently: how long they take to connect, and what they hold while they are quiet.</summary>
internal static class ConnectionWork
{
    private const int ConnectCount = 200;
    private const int IdleCount = 1000;
    private const int WarmUpCount = 50;

    /// <summary>How many connections become ready in a second, all begun concurrently.</summary>
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

        var before = await MemoryUse.LookAsync();
        await using var many = create();
        many.Prepare(server, server.Idle, IdleCount);
        await many.ConnectAsync();
        var after = await MemoryUse.LookAsync();
        var growth = after - before;
        return new()
        {
            [Metric.Memory] = growth.Private / 1024.0 / IdleCount,
            [Metric.Heap] = growth.Heap / 1024.0 / IdleCount,
        };
    }
}
