using Late.Hosting.IntegrationTests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Late.Hosting.IntegrationTests;

/// <summary>P9: what the host stops one after the other shares what its shutdown timeout leaves.</summary>
public sealed class StopShareTests
{
    private const int Connections = 10;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    // As many minutes as an application would have seconds: the host's token runs on the system's clock, and must not come.
    [BoundedTheory]
    [InlineData(30)]
    [InlineData(10)]
    public async Task P9_ten_connections_with_silent_servers_stop_within_the_shutdown_timeout_each_with_its_close_and_its_HandleTerminate(int shutdownMinutes)
    {
        var (took, limits) = await StopAsync(TimeSpan.FromMinutes(shutdownMinutes));

        Assert.InRange(took, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(shutdownMinutes));
        Assert.All(limits, static limit => Assert.InRange(limit, TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(5)));
    }

    [BoundedFact]
    public async Task P9_connections_for_which_there_is_time_enough_keep_all_of_theirs()
    {
        var (took, limits) = await StopAsync(TimeSpan.FromMinutes(Connections * 17));

        Assert.Equal(TimeSpan.FromMinutes(Connections * 5), took);
        Assert.All(limits, static limit => Assert.Equal(TimeSpan.FromMinutes(5), limit));
    }

    /// <summary>Stops connections whose servers never answer a close.</summary>
    /// <returns>How long it took, by the clock, and how long each close might take.</returns>
    private static async Task<(TimeSpan Took, List<TimeSpan> Limits)> StopAsync(TimeSpan shutdownTimeout)
    {
        var clock = new TestClock();
        var logs = new LogProbe();
        await using var server = await TestServer.StartAsync();
        using var host = Build(server, clock, logs, shutdownTimeout);
        await host.StartAsync(Token);
        var peers = new Dictionary<string, TestPeer>();
        for (var i = 0; i < Connections; i++)
        {
            var request = await server.RequestAsync();
            var name = request.Context.Request.Path.Value![1..];
            var peer = peers[name] = await request.AcceptAsync();
            Assert.Equal($"hello from {name}", await peer.ReceiveAsync());
            await host.Services.GetRequiredKeyedService<ILateClient<RegionHandler>>(name).WaitForReadyAsync(Token);
        }

        var began = clock.GetUtcNow();
        var limits = new List<TimeSpan>();
        var stop = host.StopAsync(Token);
        for (var i = Connections; i > 0; i--)
        {
            var waits = await logs.NextAsync("StopWaits");
            Assert.StartsWith($"feed{i}: stopping waits for the close handshake, for at most ", waits.Message, StringComparison.Ordinal);
            Assert.Equal(1000, (await peers[$"feed{i}"].ReceiveCloseAsync()).Code);
            limits.Add((TimeSpan)waits.Values["Limit"]!);
            clock.Advance(limits[^1]);
            await logs.NextAsync("Stopped");
        }

        await stop;
        Assert.Equal(Connections, logs.Of("CloseTimedOut").Count());
        Assert.Equal(Connections, host.Services.GetRequiredService<RegionLog>().Lines.Count(static line => line.EndsWith(": terminated", StringComparison.Ordinal)));
        Assert.Empty(logs.Of("TerminateTimedOut"));
        return (clock.GetUtcNow() - began, limits);
    }

    private static IHost Build(TestServer server, TestClock clock, LogProbe logs, TimeSpan shutdownTimeout)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.SetMinimumLevel(LogLevel.Debug).AddProvider(logs);
        builder.Services.AddSingleton<TimeProvider>(clock);
        builder.Services.AddSingleton<RegionLog>();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = shutdownTimeout);
        for (var i = 1; i <= Connections; i++)
        {
            var name = $"feed{i}";
            builder.Services.AddLateConnection<RegionHandler>(name, options =>
            {
                options.Uri = new Uri(server.Uri, $"/{name}");
                options.CloseTimeout = options.CallbackGracePeriod = TimeSpan.FromMinutes(5);
                options.KeepAliveInterval = options.KeepAliveTimeout = TimeSpan.FromDays(1);
            });
        }

        return builder.Build();
    }
}
