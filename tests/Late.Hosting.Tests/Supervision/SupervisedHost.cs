using Late.Hosting.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace Late.Hosting.Tests.Supervision;

/// <summary>An application with a supervisor of devices, whose servers are in the test's hand.</summary>
internal sealed class SupervisedHost : IAsyncDisposable
{
    private readonly IHost _host;

    public SupervisedHost(
        Action<LateConnectionOptions>? configure = null,
        Action<LateSupervisorOptions>? supervise = null,
        Action<ILateConnectionBuilder>? build = null,
        Dictionary<string, string?>? settings = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Services.AddSingleton(Log);
        builder.Services.AddSingleton<ILoggerProvider>(new FakeLoggerProvider(Logs));
        builder.Services.AddLateTestPeers<DeviceHandler>(Peers);
        var devices = builder.Services.AddLateSupervisor<DeviceHandler>(configure, supervise);
        build?.Invoke(devices);
        _host = builder.Build();
        Devices = _host.Services.GetRequiredService<ILateSupervisor<DeviceHandler>>();
    }

    public LateTestPeers Peers { get; } = new();

    public LateTestClock Clock => Peers.Clock;

    public DeviceLog Log { get; } = new();

    public FakeLogCollector Logs { get; } = new();

    public ILateSupervisor<DeviceHandler> Devices { get; }

    public IServiceProvider Services => _host.Services;

    public IConfigurationRoot Configuration => (IConfigurationRoot)_host.Services.GetRequiredService<IConfiguration>();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public Task StartAsync() => _host.StartAsync(Token);

    public Task StopAsync() => _host.StopAsync(Token);

    /// <summary>Starts a device's connection, whose serial number is its key.</summary>
    public Task<ILateClient<DeviceHandler>> StartAsync(string key, Action<LateConnectionOptions>? configure = null, CancellationToken? token = null) =>
        Devices.StartAsync(key, configure, Create(key), token ?? Token);

    /// <summary>Makes the handler of a device.</summary>
    public static Func<IServiceProvider, DeviceHandler> Create(string serial) => services => new DeviceHandler(
        new Device(serial), services.GetRequiredService<DeviceLog>(), services.GetRequiredService<ILateClient<DeviceHandler>>());

    /// <summary>Starts a device's connection and accepts it.</summary>
    public async Task<(ILateClient<DeviceHandler> Client, LateTestSession Session)> ReadyAsync(string key, Action<LateConnectionOptions>? configure = null)
    {
        var client = await StartAsync(key, configure);
        var session = await Peers[key].AcceptAsync();
        await client.WaitForReadyAsync(Token);
        return (client, session);
    }

    /// <summary>Waits until a connection is in a state.</summary>
    public static async Task StateAsync(ILateClient client, LateConnectionState state)
    {
        await foreach (var status in client.WatchAsync(Token))
        {
            if (status.State == state)
            {
                return;
            }
        }

        Assert.Fail($"The connection ended without having been {state}.");
    }

    /// <summary>Waits for a condition whose change raises no notification.</summary>
    public static async Task UntilAsync(Func<bool> isSo)
    {
        while (!isSo())
        {
            Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _host.StopAsync(now.Token);
        _host.Dispose();
    }
}
