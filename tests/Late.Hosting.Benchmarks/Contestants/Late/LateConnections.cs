using System.Globalization;
using Late.Hosting.Benchmarks.Measuring;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Late.Hosting.Benchmarks.Contestants.Late;

/// <summary>A host with many named connections.</summary>
internal sealed class LateConnections : IConnections
{
    private IHost? _host;

    public void Prepare(ServerAddress server, Uri uri, int count)
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        // One after the other would measure their round trips.
        builder.Services.Configure<HostOptions>(options => options.ServicesStartConcurrently = options.ServicesStopConcurrently = true);
        builder.Services.AddSingleton(new Counter());
        for (int i = 0; i < count; i++)
        {
            builder.Services.AddLateConnection<CountingHandler>(i.ToString(CultureInfo.InvariantCulture), options =>
            {
                options.Uri = uri;
                options.Startup = LateStartupMode.WaitForReady;
                options.CloseTimeout = TimeSpan.FromSeconds(1);
            });
        }

        _host = builder.Build();
    }

    public Task ConnectAsync() => _host!.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _host!.StopAsync();
        _host.Dispose();
    }
}
