using Late.Hosting.Connection.Reconnecting;
using Late.Hosting.Locking;
using Late.Hosting.Transport;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace Late.Hosting.Tests.Support;

/// <summary>A host with one connection, a network and a clock in the test's hand.</summary>
internal sealed class TestHost : IAsyncDisposable
{
    private readonly IHost _host;

    public TestHost(
        ScriptedHandler? handler = null,
        Action<LateConnectionOptions>? configure = null,
        Action<ILateConnectionBuilder>? build = null,
        Dictionary<string, string?>? settings = null)
    {
        Handler = handler ?? new ScriptedHandler();
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Services.AddSingleton<TimeProvider>(Time);
        builder.Services.AddSingleton(Handler);

        // A delay below a millisecond needs no clock: a test that waits for it would never end.
        builder.Services.AddSingleton<Randomizer>(new Random(42).NextDouble);
        builder.Services.AddKeyedSingleton<ITransport>("Forwarding", Transport);
        builder.Services.AddSingleton<ILoggerProvider>(new FakeLoggerProvider(Logs));
        builder.Services.AddSingleton<ILoggerProvider>(new LogAction(static _ => Gate.AssertNoneIsHeld()));
        builder.Logging.SetMinimumLevel(LogLevel.Debug);
        var connection = builder.Services.AddLateConnection<ForwardingHandler>(options =>
        {
            options.Uri ??= new Uri("ws://feed.example/v2");
            configure?.Invoke(options);
        });
        build?.Invoke(connection);
        _host = builder.Build();
        Client = _host.Services.GetRequiredService<ILateClient<ForwardingHandler>>();
    }

    public ObservedTime Time { get; } = new();

    public FakeTransport Transport { get; } = new();

    public FakeLogCollector Logs { get; } = new();

    public ScriptedHandler Handler { get; }

    public ILateClient<ForwardingHandler> Client { get; }

    public IServiceProvider Services => _host.Services;

    /// <summary>For what a test logs itself.</summary>
    public ILogger Logger => Services.GetRequiredService<ILogger<TestHost>>();

    public LateConnectionStatistics Statistics => Services.GetRequiredService<ILateConnectionDirectory>().GetConnections().Single().GetStatistics();

    public IConfigurationRoot Configuration => (IConfigurationRoot)_host.Services.GetRequiredService<IConfiguration>();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public Task StartAsync() => _host.StartAsync(Token);

    public Task StopAsync(CancellationToken limit) => _host.StopAsync(limit);

    /// <summary>Starts the host and accepts its connection.</summary>
    public async Task<FakeSocket> ReadyAsync()
    {
        await StartAsync();
        var socket = await Transport.AcceptAsync();
        await Client.WaitForReadyAsync(Token);
        return socket;
    }

    /// <summary>Waits until the connection is in a state.</summary>
    public async Task StateAsync(LateConnectionState state)
    {
        await foreach (var status in Client.WatchAsync(Token))
        {
            if (status.State == state)
            {
                return;
            }
        }
    }

    /// <summary>Waits until the next attempt is waited for, and advances the clock to it.</summary>
    public async Task NextAttemptAsync()
    {
        var at = await WaitingUntilAsync();
        await Time.TimerAsync(at);
        Time.Advance(at - Time.GetUtcNow());
    }

    /// <summary>Waits until the next attempt is waited for.</summary>
    public async Task<DateTimeOffset> WaitingUntilAsync()
    {
        while (true)
        {
            // The delay is known a moment after the state, and is not a change of it.
            if (Client.Status is { State: LateConnectionState.Reconnecting, NextAttemptAt: { } at })
            {
                return at;
            }

            Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    /// <summary>Waits until the next life is awaited.</summary>
    public async Task<DateTimeOffset> NextLifeDueAsync()
    {
        while (true)
        {
            // The delay is known a moment after the state, and is not a change of it.
            if (Client.Status is { State: LateConnectionState.Faulted, NextAttemptAt: { } at })
            {
                return at;
            }

            Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    /// <summary>Waits until there is an event of a name in the log.</summary>
    public async Task LoggedAsync(string name)
    {
        await foreach (var entry in Logs.GetLogsAsync(Token))
        {
            if (entry.Id.Name == name)
            {
                return;
            }
        }
    }

    /// <summary>Waits until there was another attempt than those counted before.</summary>
    public async Task AttemptedAsync(int before)
    {
        while (Transport.Count == before)
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
