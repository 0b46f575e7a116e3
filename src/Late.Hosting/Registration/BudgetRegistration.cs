using System.Threading.RateLimiting;
using Late.Hosting.Budgets;
using Late.Hosting.Configuration;
using Late.Hosting.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Late.Hosting.Registration;

/// <summary>Puts a budget into the container, once for each name.</summary>
internal static class BudgetRegistration
{
    public static void Add(IServiceCollection services, string name)
    {
        if (services.Any(service => service.IsKeyedService && service.ServiceType == typeof(ConnectBudget) && name.Equals(service.ServiceKey)))
        {
            return;
        }

        AddShared(services);
        services.AddKeyedSingleton(name, (provider, _) => new ReloadedOptions<LateConnectBudgetOptions>(
            name, provider.GetRequiredService<IOptionsFactory<LateConnectBudgetOptions>>(), provider.GetService<IConfiguration>(), provider.GetRequiredService<ConnectionLog>()));
        services.AddKeyedSingleton(name, (provider, _) => Create(provider, name));
        services.AddSingleton(provider => provider.GetRequiredKeyedService<ConnectBudget>(name));
        services.AddSingleton(provider => new SettingsToCheck(BudgetSettings.SectionOf(name), () => _ = provider.GetRequiredKeyedService<ReloadedOptions<LateConnectBudgetOptions>>(name).Current));
    }

    private static void AddShared(IServiceCollection services)
    {
        SupervisorRegistration.AddLog(services);
        if (services.Any(static service => service.ServiceType == typeof(IValidateOptions<LateConnectBudgetOptions>)))
        {
            return;
        }

        services.AddSingleton<IConfigureOptions<LateConnectBudgetOptions>>(static provider => BudgetSettings.Reader(provider.GetService<IConfiguration>()));
        services.AddSingleton<IValidateOptions<LateConnectBudgetOptions>, BudgetSettings>();
    }

    private static ConnectBudget Create(IServiceProvider provider, string name)
    {
        var options = provider.GetRequiredKeyedService<ReloadedOptions<LateConnectBudgetOptions>>(name);
        var time = provider.GetRequiredService<TimeProvider>();
        IPermits permits = provider.GetKeyedService<RateLimiter>(name) is { } limiter
            ? new LimiterPermits(limiter, time)
            : new OwnPermits(() => options.Current, time);
        return new ConnectBudget(name, permits, () => options.Current, time, provider.GetRequiredService<SupervisorLog>());
    }
}
