using Late.Hosting.Leases;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Late.Hosting.LeaseProcess;

/// <summary>A host with one connection, or with one for each key, all of which have a lease.</summary>
internal static class OwnerHost
{
    public static async Task<int> RunAsync(OwnerSettings settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        var recorder = new Recorder();
        builder.Services.AddSingleton(settings).AddSingleton(recorder);
        builder.Logging.AddProvider(new RecordedLog(recorder)).AddFilter("Late.Hosting", settings.Keys > 100 ? LogLevel.Warning : LogLevel.Information).AddFilter(null, LogLevel.Warning);
        if (settings.Keys > 0)
        {
            builder.Services.AddLateSupervisor<OwnerHandler>().UseLease("feed", Configure);
            builder.Services.AddHostedService<KeyStarter>();
        }
        else
        {
            builder.Services.AddLateConnection<OwnerHandler>(options => options.Uri = new Uri($"ws://127.0.0.1:{settings.Server}/feed")).UseLease("feed", Configure);
        }

        switch (settings.Store)
        {
            case "redis":
                builder.Services.AddLateRedisLeases(settings.Address);
                break;
            case "postgres":
                builder.Services.AddLatePostgresLeases(settings.Address);
                break;
            default:
                builder.Services.AddLateFileLeases(settings.Address);
                break;
        }

        using var host = builder.Build();
        if (settings.Keys == 0)
        {
            var client = host.Services.GetRequiredService<ILateClient<OwnerHandler>>();
            _ = Task.Run(async () =>
            {
                await foreach (var status in client.WatchAsync(CancellationToken.None))
                {
                    recorder.Write("state", $"{status.State}", status.Reason);
                }
            });
        }

        await host.RunAsync();
        return 0;

        void Configure(LateLeaseOptions options)
        {
            options.Ttl = TimeSpan.FromMilliseconds(settings.Ttl);
            options.Margin = TimeSpan.FromMilliseconds(settings.Margin);
            options.AcquireInterval = TimeSpan.FromMilliseconds(settings.Interval);
        }
    }
}
