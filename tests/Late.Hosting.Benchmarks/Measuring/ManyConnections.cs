using System.Diagnostics;
using System.Text.Json;
using Late.Hosting.Benchmarks.Contestants;
using Late.Hosting.Benchmarks.Contestants.Late;
using Late.Hosting.Benchmarks.Contestants.Plain;
using Late.Hosting.Benchmarks.Contestants.Reactive;
using Late.Hosting.Benchmarks.Contestants.SignalR;

namespace Late.Hosting.Benchmarks.Measuring;

/// <summary>The contestants with many connections. Memory is looked at in a process of its own for each of them.</summary>
internal static class ManyConnections
{
    public static readonly IReadOnlyDictionary<string, Func<IConnections>> Contestants = new Dictionary<string, Func<IConnections>>
    {
        [Names.Plain] = () => new PlainConnections(),
        [Names.Late] = () => new LateConnections(),
        [Names.Reactive] = () => new ReactiveConnections(),
        [Names.SignalR] = () => new HubConnections(),
    };

    public static Task<Dictionary<string, double>> ConnectAsync(string contestant, ServerAddress server) =>
        ConnectionWork.ConnectAsync(Contestants[contestant](), server);

    public static async Task<Dictionary<string, double>> HoldAsync(string contestant, ServerAddress server)
    {
        var start = Self.Start(["--hold", contestant, $"{server.RawPort}", $"{server.HttpPort}"]);
        start.RedirectStandardOutput = true;
        using var process = Process.Start(start)!;
        var figures = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? JsonSerializer.Deserialize<Dictionary<string, double>>(figures)!
            : throw new InvalidOperationException($"The process with the connections of {contestant} ended with {process.ExitCode}.");
    }

    /// <summary>What the process does that <see cref="HoldAsync(string, ServerAddress)"/> starts.</summary>
    public static async Task HoldHereAsync(string contestant, ServerAddress server) =>
        Console.WriteLine(JsonSerializer.Serialize(await ConnectionWork.HoldAsync(Contestants[contestant], server)));
}
