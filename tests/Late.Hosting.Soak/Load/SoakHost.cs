using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Late.Hosting.Soak.Load;

/// <summary>A host with some connections, and the load on them.</summary>
internal sealed class SoakHost : IAsyncDisposable
{
    public const int Connections = 8;

    private const int FloodPer20Milliseconds = 200;

    private readonly IHost _host;
    private readonly IConfigurationRoot _configuration;
    private readonly List<ILateClient<SoakHandler>> _clients;

    public SoakHost(int port)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection();
        builder.Services.AddSingleton(Counters);
        var names = Enumerable.Range(1, Connections).Select(number => number.ToString(CultureInfo.InvariantCulture)).ToList();
        foreach (var name in names)
        {
            builder.Services.AddLateConnection<SoakHandler>(name, options =>
            {
                options.Uri = new Uri($"ws://127.0.0.1:{port}/?flood={FloodPer20Milliseconds}");
                (options.Reconnect.BaseDelay, options.Reconnect.MaxDelay) = (TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(100));
            });
        }

        _host = builder.Build();
        _configuration = (IConfigurationRoot)_host.Services.GetRequiredService<IConfiguration>();
        _clients = [.. names.Select(name => _host.Services.GetRequiredKeyedService<ILateClient<SoakHandler>>(name))];
    }

    public Counters Counters { get; } = new();

    public Task StartAsync() => _host.StartAsync();

    /// <summary>Puts the load on until the token is cancelled, and is done when every call has ended and every connection is ready.</summary>
    public async Task LoadAsync(CancellationToken ended)
    {
        await Task.WhenAll(_clients.SelectMany((client, number) => new[]
        {
            new Callers(client, Counters).RunAsync(ended),
            new Disturber(client, _configuration, new Random(number)).RunAsync(ended),
        }));
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30), TimeProvider.System);
        await Task.WhenAll(_clients.Select(client => client.WaitForReadyAsync(limit.Token)));
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }
}
