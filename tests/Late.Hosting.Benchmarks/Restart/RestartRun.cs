using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using Late.Hosting.Benchmarks.Measuring;
using Late.Hosting.Benchmarks.Server;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Late.Hosting.Benchmarks.Restart;

/// <summary>A supervisor's connections with the default options, whose server is killed and restarted: how they come back (promise P10).</summary>
internal static class RestartRun
{
    /// <summary>How many attempts the budget allows to begin concurrently.</summary>
    public const int Burst = 5;

    private static readonly TimeSpan s_moment = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    public static Task<Dictionary<string, double>> MeasureAsync(Bench bench, int? perSecond) =>
        ChildProcess.MeasureAsync(["--restart", .. new RestartSettings(bench.Settings.Connections, perSecond, bench.Settings.Away).ToArguments()]);

    /// <summary>What the process does that <see cref="MeasureAsync(Bench, int?)"/> starts.</summary>
    public static async Task<Dictionary<string, double>> MeasureAsync(RestartSettings settings)
    {
        var attempted = new ConcurrentQueue<long>();
        var server = await ServerProcess.StartAsync(new ServerSettings());
        using var host = Build(settings, server.Address.Echo(HttpVersion.Version11), attempted);
        await host.StartAsync();
        var supervisor = host.Services.GetRequiredService<ILateSupervisor<RestartHandler>>();
        for (int i = 0; i < settings.Connections; i++)
        {
            await supervisor.StartAsync(i.ToString(CultureInfo.InvariantCulture));
        }

        await AllReadyAsync(supervisor);
        long killed = Stopwatch.GetTimestamp();
        server.Kill();
        await server.DisposeAsync();
        await Task.Delay(settings.Away, TimeProvider.System);
        int unaware = supervisor.Connections.Values.Count(client => client.State == LateConnectionState.Ready);
        if (unaware > 0)
        {
            throw new InvalidOperationException($"{unaware} connections have not seen that their server is gone.");
        }

        await using var restarted = await ServerProcess.StartAsync(new ServerSettings { HttpPort = server.Address.HttpPort });
        await AllReadyAsync(supervisor);
        long ready = Stopwatch.GetTimestamp();
        var accepted = new Moments(await AcceptedAsync(restarted.Address));
        // It is back when it accepts, and not when its process has come to report it.
        long returned = accepted.First;
        var attempts = new Moments(attempted).After(killed);
        Console.Error.WriteLine($"{attempts.After(returned).Count} attempts after the server's return, in the busiest 100 ms of all {100.0 * attempts.Busiest(s_moment) / attempts.Count:0.0} %");
        Console.Error.WriteLine($"attempts in each second after the loss: {attempts.PerSecond(killed)}");
        Console.Error.WriteLine($"accepted in each second after the server's return: {accepted.PerSecond(returned)}");
        await host.StopAsync();
        return new()
        {
            [Metric.Return] = Stopwatch.GetElapsedTime(returned, ready).TotalSeconds,
            [Metric.Busiest] = 100.0 * attempts.After(returned).Busiest(s_moment) / attempts.Count,
            [Metric.BusiestAccepted] = 100.0 * accepted.Busiest(s_moment) / attempts.Count,
            [Metric.BusiestSecond] = attempts.Busiest(s_second),
            [Metric.BusiestSecondAccepted] = accepted.Busiest(s_second),
            [Metric.Attempts] = attempts.Count,
        };
    }

    private static Task AllReadyAsync(ILateSupervisor<RestartHandler> supervisor) =>
        Task.WhenAll(supervisor.Connections.Values.Select(client => client.WaitForReadyAsync()));

    private static async Task<long[]> AcceptedAsync(ServerAddress server)
    {
        using var http = new HttpClient();
        return await http.GetFromJsonAsync<long[]>(server.Accepted) ?? [];
    }

    private static IHost Build(RestartSettings settings, Uri uri, ConcurrentQueue<long> attempted)
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        var connections = builder.Services.AddLateSupervisor<RestartHandler>(options => options.Uri = uri).ConfigureHandshake((_, _) =>
        {
            attempted.Enqueue(Stopwatch.GetTimestamp());
            return default;
        });
        if (settings.PerSecond is { } perSecond)
        {
            connections.UseConnectBudget("restart");
            builder.Services.AddLateConnectBudget("restart", options => (options.PerSecond, options.Burst) = (perSecond, Burst));
        }

        return builder.Build();
    }
}
