using GatewayBot.Events;
using Late.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace GatewayBot.Tests.Support;

/// <summary>The bot with one of its connections and the settings of its appsettings.json; its clock is the test's.</summary>
public sealed class TestBot<THandler> : IAsyncDisposable
    where THandler : class, ILateHandler
{
    public TestBot(TestClock clock, Action<IHostApplicationBuilder> add, TestSettings settings)
    {
        Clock = clock;
        Settings = settings;
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddJsonFile(Path.Combine(AppContext.BaseDirectory, "appsettings.json"));
        builder.Configuration.Sources.Add(settings);
        builder.Logging.AddProvider(Log);
        builder.Services.AddSingleton<TimeProvider>(clock).AddSingleton<IEventSink>(Events);
        builder.Services.Configure<HostOptions>(static host => host.ShutdownTimeout = TimeSpan.FromHours(1));
        add(builder);
        Services = builder.Build();
    }

    public IHost Services { get; }

    /// <summary>The client of the connection; not where there is a supervisor.</summary>
    public ILateClient<THandler> Client => Services.Services.GetRequiredService<ILateClient<THandler>>();

    public TestClock Clock { get; }

    public TestSettings Settings { get; }

    public RecordedEvents Events { get; } = new();

    public LogProbe Log { get; } = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Starts it, and waits until the connection is ready.</summary>
    public async Task StartAsync()
    {
        await Services.StartAsync(Token);
        await Client.WaitForReadyAsync(Token);
    }

    public Task StopAsync() => Services.StopAsync(Token);

    /// <summary>Waits until the connection is in a state.</summary>
    public Task<LateConnectionStatus> ReachAsync(LateConnectionState state) => ReachAsync(status => status == state, $"without having been {state}");

    /// <summary>Waits until the connection is in a state no more.</summary>
    public Task LeaveAsync(LateConnectionState state) => ReachAsync(status => status != state, $"while it was {state}");

    /// <summary>Waits until the connection waits for its next attempt, and advances the clock to it.</summary>
    /// <returns>The delay.</returns>
    public async Task<TimeSpan> AdvanceToAttemptAsync()
    {
        await Log.NextAsync("Waiting");
        if (Client.Status.NextAttemptAt - Clock.GetUtcNow() is not { } delay || delay < TimeSpan.FromMilliseconds(1))
        {
            // Timers count milliseconds: such a delay is over already.
            return TimeSpan.Zero;
        }

        await Clock.TimerAsync(delay);
        Clock.Advance(delay);
        return delay;
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await Services.StopAsync(now.Token);
        Services.Dispose();
    }

    private async Task<LateConnectionStatus> ReachAsync(Predicate<LateConnectionState> isReached, string otherwise)
    {
        await foreach (var status in Client.WatchAsync(Token))
        {
            if (isReached(status.State))
            {
                return status;
            }
        }

        throw new InvalidOperationException($"The connection ended {otherwise}.");
    }
}
