using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Late.Hosting.Benchmarks.Contestants.Late;

/// <summary>A host with one connection.</summary>
internal sealed class LateHost<THandler> : IAsyncDisposable
    where THandler : class, ILateHandler
{
    private readonly IHost _host;

    private LateHost(IHost host) => _host = host;

    public ILateClient<THandler> Client => _host.Services.GetRequiredService<ILateClient<THandler>>();

    /// <param name="uri">The server.</param>
    /// <param name="service">What the handler takes by its constructor.</param>
    /// <param name="configure">Other options than the default ones.</param>
    public static async Task<LateHost<THandler>> StartAsync<TService>(Uri uri, TService service, Action<LateConnectionOptions>? configure = null)
        where TService : class
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddSingleton(service);
        builder.Services.AddLateConnection<THandler>(options =>
        {
            options.Uri = uri;
            options.Startup = LateStartupMode.WaitForReady;
            options.CloseTimeout = TimeSpan.FromSeconds(1);
            configure?.Invoke(options);
        });
        var host = builder.Build();
        await host.StartAsync();
        return new LateHost<THandler>(host);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }
}
