using System.Diagnostics.Metrics;
using System.Threading.RateLimiting;
using Late.Hosting.Budgets;
using Late.Hosting.Configuration;
using Late.Hosting.Connection;
using Late.Hosting.Connection.Callbacks;
using Late.Hosting.Diagnostics;
using Late.Hosting.Observability;
using Late.Hosting.Supervision;
using Late.Hosting.Transport;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Late.Hosting.Registration;

/// <summary>Puts into the container what connections, supervisors and budgets have in common.</summary>
internal static class CommonRegistration
{
    /// <summary>Adds it, once.</summary>
    public static void Add(IServiceCollection services)
    {
        if (services.Any(static service => service.ServiceType == typeof(ConnectionLog)))
        {
            return;
        }

        services.TryAddSingleton(TimeProvider.System);
        OptionsRegistration.AddSource(services, OptionTables.Connections, CheckConnection);
        OptionsRegistration.AddSource(services, OptionTables.Supervisors);
        OptionsRegistration.AddSource(services, OptionTables.Budgets, static (provider, name, options, problems) => BudgetRules.Check(
            options, hasLimiter: provider.GetKeyedService<RateLimiter>(name) is not null, problems));
        services.AddSingleton(static provider => new ConnectionLog(CreateLogger(provider), provider.GetService<IHostEnvironment>()?.IsDevelopment() == true));
        services.AddSingleton(static provider => new SupervisorLog(CreateLogger(provider)));
        services.AddSingleton(static provider => new BudgetLog(CreateLogger(provider)));
        services.TryAddSingleton<ConnectionDirectory>();
        services.TryAddSingleton<ILateConnectionDirectory>(static provider => provider.GetRequiredService<ConnectionDirectory>());
        services.AddSingleton(CreateMetrics);
        services.AddSingleton<HttpConnections>();
        services.AddSingleton<CallbackMonitors>();
        services.AddSingleton<Registrations>();
        services.AddSingleton(ConnectionRegistration.Registered);
        services.AddHostedService(static provider => new OptionsCheck(SectionsOf(provider), provider.GetRequiredService<ConnectionLog>(), provider.GetService<IConfiguration>()));
        services.AddSingleton<StopBudget>();
        services.AddHostedService<StopBudgetCheck>();
        services.AddSingleton<StopShares>();
        services.AddHostedService(static provider => provider.GetRequiredService<StopShares>());
    }

    private static IEnumerable<CheckedSection> SectionsOf(IServiceProvider provider) =>
        provider.GetRequiredService<Registrations>().All.SelectMany(registration => registration.SectionsOf(provider)).Concat(provider.GetServices<CheckedSection>());

    private static void CheckConnection(IServiceProvider provider, string name, LateConnectionOptions options, Problems problems)
    {
        var registrations = provider.GetRequiredService<Registrations>();
        ConnectionRules.Check(
            options,
            setsUri: provider.GetRequiredService<IOptionsMonitor<ConnectionHooks>>().Get(name).Handshake.Count > 0,
            isSupervised: registrations.Supervisors.Any(supervisor => supervisor.Name == name),
            problems);
        if (options.MaxConcurrentCallsByRequest.Count > 0)
        {
            RequestNames.Check(options, [.. registrations.All.Where(registration => registration.Name == name)], problems);
        }
    }

    private static ILogger CreateLogger(IServiceProvider provider) => GuardedLogger.Create(provider.GetService<ILoggerFactory>(), ConnectionLog.Category);

    private static ConnectionMetrics CreateMetrics(IServiceProvider provider)
    {
        var metrics = new ConnectionMetrics(provider.GetService<IMeterFactory>());
        var gauges = new ConnectionGauges(provider.GetRequiredService<ConnectionDirectory>(), provider.GetServices<ConnectBudget>);
        gauges.AddTo(metrics.Meter);
        return metrics;
    }
}
