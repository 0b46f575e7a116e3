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

    public static Task<Dictionary<string, double>> HoldAsync(string contestant, ServerAddress server) =>
        ChildProcess.MeasureAsync(["--hold", contestant, $"{server}"]);

    /// <summary>What the process does that <see cref="HoldAsync(string, ServerAddress)"/> starts.</summary>
    public static async Task HoldHereAsync(string contestant, ServerAddress server) =>
        ChildProcess.Report(await ConnectionWork.HoldAsync(Contestants[contestant], server));
}
