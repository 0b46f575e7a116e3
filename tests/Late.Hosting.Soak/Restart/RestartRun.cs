using System.Globalization;
using Late.Hosting.EchoServer;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Late.Hosting.Soak.Restart;

/// <summary>Many clients with the default options, whose server is killed and started again: how they come back (promise P10).</summary>
internal static class RestartRun
{
    private const double MostInBusiest = 0.1;
    private const long NoCollectionBytes = 200 * 1024 * 1024;

    private static readonly TimeSpan s_window = TimeSpan.FromMilliseconds(100);

    /// <summary>Runs, and prints how the attempts are spread.</summary>
    /// <returns>What is not as it should be.</returns>
    public static async Task<IReadOnlyList<string>> WithAsync(int clients)
    {
        var arrivals = new Arrivals(clients);
        var server = await ServerProcess.StartAsync();
        using var host = Build(clients, server.Port, arrivals);
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2), TimeProvider.System);
        await host.StartAsync(limit.Token);
        await arrivals.AllConnected.WaitAsync(limit.Token);

        // A pause of the collector would hold all clients and let them go in one moment: on their own machines it does not.
        GC.TryStartNoGCRegion(NoCollectionBytes);
        var killedAt = TimeProvider.System.GetTimestamp();
        server.Kill();
        await server.DisposeAsync();
        await using var restarted = await ServerProcess.StartAsync(server.Port);
        var away = TimeProvider.System.GetElapsedTime(killedAt);
        await arrivals.AllReturned.WaitAsync(limit.Token);
        var attempts = arrivals.After(killedAt);
        await host.StopAsync(limit.Token);

        var busiest = attempts.Select((first, index) => attempts.Skip(index).TakeWhile(next => next < first + s_window).Count()).Max();
        foreach (var slot in attempts.CountBy(at => (int)(at / s_window)).OrderBy(slot => slot.Key))
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{slot.Key * s_window.TotalSeconds,5:0.0} s {slot.Value,5} {new string('#', slot.Value / 2)}"));
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{clients} clients, a server that was away for {away.TotalSeconds:0.0} s: {attempts.Count} attempts, the last after {attempts[^1].TotalSeconds:0.0} s; the busiest 100 ms holds {busiest}, {busiest / (double)attempts.Count:P1}."));
        return busiest < MostInBusiest * attempts.Count
            ? []
            : [string.Create(CultureInfo.InvariantCulture, $"The busiest 100 ms holds {MostInBusiest:P0} of the attempts or more.")];
    }

    private static IHost Build(int clients, int port, Arrivals arrivals)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddSingleton(arrivals);
        for (var client = 1; client <= clients; client++)
        {
            builder.Services
                .AddLateConnection<RestartHandler>(client.ToString(CultureInfo.InvariantCulture), options => options.Uri = new Uri($"ws://127.0.0.1:{port}/"))
                .ConfigureHandshake((_, _) =>
                {
                    arrivals.AddAttempt();
                    return default;
                });
        }

        return builder.Build();
    }
}
