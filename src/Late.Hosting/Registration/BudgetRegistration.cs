using System.Threading.RateLimiting;
using Late.Hosting.Budgets;
using Late.Hosting.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Late.Hosting.Registration;

/// <summary>What <c>AddLateConnectBudget</c> and <c>UseConnectBudget</c> put into the container, once for each name.</summary>
internal static class BudgetRegistration
{
    public static void Add(IServiceCollection services, string name)
    {
        if (services.Any(service => service.IsKeyedService && service.ServiceType == typeof(ConnectBudget) && name.Equals(service.ServiceKey)))
        {
            return;
        }

        CommonRegistration.Add(services);
        OptionsRegistration.Add<LateConnectBudgetOptions>(services, name);
        services.AddSingleton(provider => OptionsRegistration.SectionOf<LateConnectBudgetOptions>(provider, name));
        services.AddKeyedSingleton(name, (provider, _) => Create(provider, name));
        services.AddSingleton(provider => provider.GetRequiredKeyedService<ConnectBudget>(name));
    }

    private static ConnectBudget Create(IServiceProvider provider, string name)
    {
        var options = provider.GetRequiredKeyedService<CurrentOptions<LateConnectBudgetOptions>>(name);
        var time = provider.GetRequiredService<TimeProvider>();
        IPermits permits = provider.GetKeyedService<RateLimiter>(name) is { } limiter
            ? new LimiterPermits(limiter, time)
            : new OwnPermits(() => options.Value, time);
        return new ConnectBudget(name, permits, () => options.Value, time, provider.GetRequiredService<BudgetLog>());
    }
}
