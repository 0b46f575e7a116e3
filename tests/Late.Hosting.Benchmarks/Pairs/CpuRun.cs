using System.Globalization;
using Late.Hosting.Benchmarks.Contestants.Late;
using Late.Hosting.Benchmarks.Measuring;
using Late.Hosting.Benchmarks.Server;

namespace Late.Hosting.Benchmarks.Pairs;

/// <summary>
/// The CPU time of this process for one operation, in nanoseconds: user and kernel, over a fixed number of operations
/// behind a warm-up. The server is another process and does not count.
/// </summary>
internal static class CpuRun
{
    private const int Callers = 16;
    private const int Connections = 100;

    /// <summary>What is compared with another build.</summary>
    public static IReadOnlyList<string> Figures { get; } = ["receive", "call", "connect"];

    /// <summary>Measures, and writes the figure to standard output.</summary>
    public static async Task PrintAsync(string figure)
    {
        await using var server = await ServerProcess.StartAsync(new ServerSettings());
        var nanoseconds = figure switch
        {
            "receive" => await ReceiveAsync<MilestoneHandler>(server.Address),
            "receive-base" => await ReceiveAsync<BaseMilestoneHandler>(server.Address),
            "receive-json" => await ReceiveJsonAsync<JsonMilestoneHandler>(server.Address),
            "receive-typed" => await ReceiveJsonAsync<TypedMilestoneHandler>(server.Address),
            "call" => await CallAsync(server.Address, Callers, 60_000),
            "call-64" => await CallAsync(server.Address, callers: 64, 15_000),
            "call-one" => await CallAsync(server.Address, callers: 1, 200_000),
            "connect" => await ConnectAsync(server.Address),
            _ => throw new ArgumentException($"--cpu {figure} is unknown. There are {string.Join(", ", Figures)}, receive-base, receive-json, receive-typed, call-64, call-one."),
        };
        Console.WriteLine(nanoseconds.ToString("0.00", CultureInfo.InvariantCulture));
    }

    // 64 bytes of text, from a server that sends without end.
    private static Task<double> ReceiveAsync<THandler>(ServerAddress server)
        where THandler : class, ILateHandler =>
        ReceiveAsync<THandler>(server.Raw("/blast?size=64"), 40_000_000);

    // 64 bytes of JSON, each read as an object of 40 bytes.
    private static Task<double> ReceiveJsonAsync<THandler>(ServerAddress server)
        where THandler : class, ILateHandler =>
        ReceiveAsync<THandler>(server.Raw($"/blast?text={Uri.EscapeDataString(Trade.Json)}"), 8_000_000);

    private static async Task<double> ReceiveAsync<THandler>(Uri server, long messages)
        where THandler : class, ILateHandler
    {
        var milestones = new Milestones(messages / 4, messages + (messages / 4));
        await using var host = await LateHost<THandler>.StartAsync(server, milestones);
        var (cpu, bytes) = await milestones.UsedAsync();
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{(double)bytes / messages:0.00} B allocated for each message"));
        return cpu / messages;
    }

    // Several callers, so that both directions carry more than one frame at a time.
    private static async Task<double> CallAsync(ServerAddress server, int callers, int callsOfEach)
    {
        var frame = LateFrame.Text(Payloads.Text(64));
        await using var host = await LateHost<CallHandler>.StartAsync(server.Raw("/reply?size=64"), new object());
        var client = host.Client;
        await RepeatAsync(callsOfEach / 4);
        var began = Cpu();
        await RepeatAsync(callsOfEach);
        return (Cpu() - began) / ((double)callers * callsOfEach);

        Task RepeatAsync(int count) => Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(async () =>
        {
            var request = new Echo(frame);
            for (var i = 0; i < count; i++)
            {
                await client.CallAsync(request, CancellationToken.None);
            }
        })));
    }

    // A hundred concurrent connections over HTTP/1.1, again and again: each from its registration to its stop.
    private static async Task<double> ConnectAsync(ServerAddress server)
    {
        const int Rounds = 150;

        // Until all of it is compiled fully: a run that is shorter measures the compiler.
        await RepeatAsync(2 * Rounds);
        var began = Cpu();
        await RepeatAsync(Rounds);
        return (Cpu() - began) / (Rounds * Connections);

        async Task RepeatAsync(int count)
        {
            for (var i = 0; i < count; i++)
            {
                await using var connections = new LateConnections();
                connections.Prepare(server, server.Idle, Connections);
                await connections.ConnectAsync();
            }
        }
    }

    /// <summary>The CPU time of this process so far, in nanoseconds.</summary>
    public static double Cpu() => Environment.CpuUsage.TotalTime.TotalNanoseconds;
}
