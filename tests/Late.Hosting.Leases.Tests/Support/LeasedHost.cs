using Late.Hosting.Connection.Reconnecting;
using Late.Hosting.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace Late.Hosting.Leases.Tests.Support;

/// <summary>A host with one connection that has a lease: renewed every 4 s, yielded after 12 s, over after 13.5 s, and another's after 15 s.</summary>
internal sealed class LeasedHost : IAsyncDisposable
{
    public const string Lease = "feed";

    private readonly IHost _host;

    public LeasedHost(
        ILateLeaseStore store,
        LateTestClock clock,
        Action<LateConnectionOptions>? configure = null,
        Action<LateLeaseOptions>? lease = null,
        Dictionary<string, string?>? settings = null)
    {
        (Clock, Peer) = (clock, new LateTestPeer(clock));
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Services.AddSingleton<ILoggerProvider>(new FakeLoggerProvider(Logs));
        builder.Logging.SetMinimumLevel(LogLevel.Debug);
        builder.Services.AddSingleton<Randomizer>(static () => 0.5);
        builder.Services.AddSingleton(Trace);
        builder.Services.AddLateTestPeer<OwnedHandler>(Peer);
        builder.Services.AddLateConnection<OwnedHandler>(options => configure?.Invoke(options)).UseLease(Lease, lease);
        builder.Services.AddSingleton(store);
        builder.Services.AddHealthChecks().AddLateConnections();
        _host = builder.Build();
        Client = _host.Services.GetRequiredService<ILateClient<OwnedHandler>>();
    }

    public LateTestClock Clock { get; }

    public LateTestPeer Peer { get; }

    public CallbackTrace Trace { get; } = new();

    public FakeLogCollector Logs { get; } = new();

    public ILateClient<OwnedHandler> Client { get; }

    public IServiceProvider Services => _host.Services;

    public IConfigurationRoot Configuration => (IConfigurationRoot)_host.Services.GetRequiredService<IConfiguration>();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public Task StartAsync() => _host.StartAsync(Token);

    public Task StopAsync() => _host.StopAsync(Token);

    /// <summary>Starts the host, and its connection is ready.</summary>
    public async Task<LateTestSession> ReadyAsync()
    {
        await StartAsync();
        var session = await AcceptAsync();
        await Trace.ExpectAsync("Init", $"Connecting {Lease} 1");
        return session;
    }

    /// <summary>Accepts the next attempt; the connection is ready then.</summary>
    public async Task<LateTestSession> AcceptAsync()
    {
        var session = await Peer.AcceptAsync();
        await session.ExpectAsync("hello");
        await session.WaitUntilReadyAsync();
        return session;
    }

    /// <summary>Waits until the connection is in a state.</summary>
    public async Task<LateConnectionStatus> StateAsync(LateConnectionState state)
    {
        await foreach (var status in Client.WatchAsync(Token))
        {
            if (status.State == state)
            {
                return status;
            }
        }

        throw new InvalidOperationException($"The connection has ended, and was never {state}.");
    }

    /// <summary>Waits until a timer is set for a time from now, and advances the clock to it.</summary>
    public async Task AdvanceToTimerAsync(double seconds)
    {
        await Clock.WaitForTimerAsync(TimeSpan.FromSeconds(seconds));
        Clock.Advance(TimeSpan.FromSeconds(seconds));
    }

    /// <summary>Waits until the last renewal has been answered, and advances the clock to the next.</summary>
    public async Task AdvanceToRenewalAsync()
    {
        // The limit of the last one, which has the time of the next, is set no more when the end of the lease has moved.
        await Clock.WaitForTimerAsync(TimeSpan.FromSeconds(12));
        await AdvanceToTimerAsync(4);
    }

    /// <summary>A host that stands by asks again after 0.9 s, since chance is switched off.</summary>
    public Task AskAgainAsync() => AdvanceToTimerAsync(0.9);

    /// <summary>Waits until there is an event of a name in the log.</summary>
    /// <returns>Its message.</returns>
    public async Task<string> LoggedAsync(string name)
    {
        await foreach (var entry in Logs.GetLogsAsync(Token))
        {
            if (entry.Id.Name == name)
            {
                return entry.Message;
            }
        }

        throw new InvalidOperationException($"The log has ended without {name}.");
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _host.StopAsync(now.Token);
        _host.Dispose();
    }
}
