using System.Diagnostics;
using System.Globalization;
using Late.Hosting.EchoServer;
using Late.Hosting.Soak.Load;
using Late.Hosting.Soak.Measuring;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Late.Hosting.Soak.Succession;

/// <summary>Many connections of a supervisor, each started, used and stopped, a few at a time: nothing of them may be left.</summary>
internal static class SuccessionRun
{
    private const int Concurrency = 20;
    private const int Rows = 10;
    private const int WarmUp = 2_000;

    /// <summary>Runs, and prints the table.</summary>
    /// <returns>What has grown.</returns>
    public static async Task<IReadOnlyList<string>> WithAsync(int connections, RentedBuffers buffers)
    {
        await using var server = await ServerProcess.StartAsync();
        var counters = new Counters();
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddSingleton(counters);
        builder.Services.AddLateSupervisor<VisitHandler>(options => options.Uri = new Uri($"ws://127.0.0.1:{server.Port}/")).UseConnectBudget("visits");
        builder.Services.AddLateConnectBudget("visits", static options => options.Concurrency = Concurrency);
        using var host = builder.Build();
        await host.StartAsync();
        var visits = host.Services.GetRequiredService<ILateSupervisor<VisitHandler>>();
        var clock = Stopwatch.StartNew();
        Table.WriteHeader();
        await VisitAsync(visits, "warm-up", WarmUp);
        var samples = new List<Sample> { Row("warm-up") };
        for (var row = 0; row < Rows; row++)
        {
            await VisitAsync(visits, $"{row}", connections / Rows);
            samples.Add(Row());
        }

        await host.StopAsync();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{counters.Sessions} sessions, {counters.Sessions / clock.Elapsed.TotalSeconds:0} in a second."));
        return
        [
            .. Growth.OfMemory(samples),
            .. Growth.OfHeld(samples[0], samples[^1], 0),
            .. visits.Connections.Count == 0 ? [] : new[] { $"There are {visits.Connections.Count} keys left." },
            .. counters.Messages >= WarmUp + (connections / Rows * Rows) ? [] : new[] { $"Only {counters.Messages} visits were answered." },
        ];

        Sample Row(string remark = "")
        {
            var sample = Sample.Take(clock.Elapsed, counters, buffers);
            Table.Write(sample, remark);
            return sample;
        }
    }

    private static Task VisitAsync(ILateSupervisor<VisitHandler> visits, string round, int count)
    {
        var next = 0;
        return Task.WhenAll(Enumerable.Range(0, Concurrency).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Increment(ref next) is var number && number <= count)
            {
                var answered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                await visits.StartAsync($"{round}-{number}", create: services => new VisitHandler(answered, services.GetRequiredService<Counters>()));
                await answered.Task.WaitAsync(TimeSpan.FromMinutes(2), TimeProvider.System);
                await visits.StopAsync($"{round}-{number}");
            }
        })));
    }
}
