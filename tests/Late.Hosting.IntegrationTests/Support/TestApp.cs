using Late.Hosting.Connection.Reconnecting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Late.Hosting.IntegrationTests.Support;

/// <summary>
/// A host with one connection, whose handler does what <see cref="Script"/> specifies. With a clock, options have their
/// defaults and time stands still; without, reconnecting has no delay worth the name, and no timeout ends anything that a
/// busy machine delays.
/// </summary>
public sealed class TestApp : IAsyncDisposable
{
    private readonly TestClock? _clock;

    public TestApp(
        Uri? uri,
        Action<LateConnectionOptions>? options = null,
        TestClock? clock = null,
        Action<ILateConnectionBuilder>? configure = null,
        TestSettings? settings = null)
    {
        _clock = clock;
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.SetMinimumLevel(LogLevel.Trace).AddProvider(Logs);
        builder.Services.AddSingleton(Script);
        builder.Services.AddSingleton<Randomizer>(new Random(42).NextDouble);
        if (settings is not null)
        {
            builder.Configuration.Sources.Add(settings);
        }

        if (clock is not null)
        {
            builder.Services.AddSingleton<TimeProvider>(clock);
        }

        var connection = builder.Services.AddLateConnection<ScriptedHandler>(connectionOptions =>
        {
            connectionOptions.Uri = uri ?? connectionOptions.Uri;
            if (clock is null)
            {
                RealTime.Apply(connectionOptions);
            }

            options?.Invoke(connectionOptions);
        });
        configure?.Invoke(connection);
        builder.Services.Configure<HostOptions>(static host => host.ShutdownTimeout = RealTime.Endless);
        Host = builder.Build();
        Client = Host.Services.GetRequiredService<ILateClient<ScriptedHandler>>();
    }

    public IHost Host { get; }

    public ILateClient<ScriptedHandler> Client { get; }

    public Script Script { get; } = new();

    public Life Life => Script.Life;

    public LogProbe Logs { get; } = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public Task StartAsync() => Host.StartAsync(Token);

    public Task StopAsync() => Host.StopAsync(Token);

    /// <summary>Starts, and is done when the connection to the server is ready.</summary>
    public async Task<TestPeer> StartAsync(TestServer server)
    {
        await StartAsync();
        return await AcceptAsync(server);
    }

    /// <summary>Accepts the next attempt, and is done when the connection is ready.</summary>
    public async Task<TestPeer> AcceptAsync(TestServer server)
    {
        var peer = await server.AcceptAsync();
        await Client.WaitForReadyAsync(Token);
        return peer;
    }

    /// <summary>Waits until the connection is in a state.</summary>
    public async Task<LateConnectionStatus> ReachAsync(LateConnectionState state)
    {
        await foreach (var status in Client.WatchAsync(Token))
        {
            if (status.State == state)
            {
                return status;
            }
        }

        throw new InvalidOperationException($"The connection ended without having been {state}.");
    }

    /// <summary>Waits until the next attempt is waited for; its delay. The clock may be advanced then.</summary>
    public async Task<TimeSpan> BackoffAsync()
    {
        await Logs.NextAsync("Waiting");
        var delay = Client.Status.NextAttemptAt!.Value - _clock!.GetUtcNow();
        await _clock.TimerAsync(delay);
        return delay;
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await Host.StopAsync(now.Token);
        Host.Dispose();
    }
}
