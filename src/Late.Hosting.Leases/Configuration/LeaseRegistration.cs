using Late.Hosting.Configuration;
using Late.Hosting.Connection.Reconnecting;
using Late.Hosting.Diagnostics;
using Late.Hosting.Leases.Files;
using Late.Hosting.Leases.Keeping;
using Late.Hosting.Leases.Spreading;
using Late.Hosting.Ownership;
using Late.Hosting.Registration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Late.Hosting.Leases.Configuration;

/// <summary>What <c>UseLease</c> puts into the container.</summary>
internal static class LeaseRegistration
{
    public static void Use(ILateConnectionBuilder builder, string name, Action<LateLeaseOptions>? configure)
    {
        var services = builder.Services;
        if (!services.Any(static service => service.ServiceType == typeof(LeaseLog)))
        {
            services.TryAddSingleton<ILateLeaseStore>(static _ => new FileLeaseStore(Path.Combine(Path.GetTempPath(), "late-leases")));
            services.AddSingleton(static provider => new LeaseLog(GuardedLogger.Create(provider.GetService<ILoggerFactory>(), ConnectionLog.Category)));
            services.AddSingleton(static provider => new LeaseMetrics(provider.GetRequiredService<ConnectionMetrics>().LeaseRequests));
            OptionsRegistration.AddSource(services, LeaseOptionTable.Section, static (_, _, options, problems) => LeaseRules.Check(options, problems));
        }

        if (!services.Any(service => service.IsKeyedService && service.ServiceType == typeof(CurrentOptions<LateLeaseOptions>) && name.Equals(service.ServiceKey)))
        {
            OptionsRegistration.Add<LateLeaseOptions>(services, name);
            services.AddSingleton(provider => OptionsRegistration.SectionOf<LateLeaseOptions>(provider, name));
        }

        if (configure is not null)
        {
            services.Configure(name, configure);
        }

        services.Configure<ConnectionHooks>(builder.Name, hooks => hooks.Ownership = (provider, connection) => Create(provider, connection, name));
        services.TryAddKeyedSingleton(name, (provider, _) => CreateSpread(provider, builder.Name, name));
    }

    private static LeaseKeeper Create(IServiceProvider provider, IOwned connection, string name)
    {
        var lease = connection.Key is null ? name : $"{name}/{connection.Key}";
        var store = provider.GetRequiredService<ILateLeaseStore>();
        var log = provider.GetRequiredService<LeaseLog>();
        if (store is FileLeaseStore files)
        {
            log.OneMachine(connection.Name, lease, files.Folder);
        }

        var requests = new LeaseRequests(store, lease, connection.MeasuredAs, connection.Time, provider.GetRequiredService<LeaseMetrics>());
        return new LeaseKeeper(new LeaseParts(requests, provider.GetRequiredKeyedService<CurrentOptions<LateLeaseOptions>>(name), connection, RandomizerOf(provider), log)
        {
            Spread = connection.Key is null ? null : provider.GetRequiredKeyedService<KeySpread>(name),
        });
    }

    private static KeySpread CreateSpread(IServiceProvider provider, string supervisor, string name)
    {
        var settings = provider.GetRequiredKeyedService<CurrentOptions<LateLeaseOptions>>(name);
        var spread = new KeySpread(new SpreadParts(supervisor, name, settings, provider.GetRequiredService<TimeProvider>())
        {
            Store = provider.GetRequiredService<ILateLeaseStore>(),
            Metrics = provider.GetRequiredService<LeaseMetrics>(),
            Log = provider.GetRequiredService<LeaseLog>(),
            Randomizer = RandomizerOf(provider),
        });
        provider.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(spread.Dispose);
        return spread;
    }

    private static Randomizer RandomizerOf(IServiceProvider provider) => provider.GetService<Randomizer>() ?? Random.Shared.NextDouble;
}
