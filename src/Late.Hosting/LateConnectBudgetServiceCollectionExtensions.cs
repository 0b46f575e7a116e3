using System.Threading.RateLimiting;
using Late.Hosting;
using Late.Hosting.Registration;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers budgets of attempts to connect.</summary>
public static class LateConnectBudgetServiceCollectionExtensions
{
    /// <summary>
    /// Registers a budget of attempts to connect, which connections share by <c>UseConnectBudget(name)</c>. Its options begin
    /// with the section <c>Late:Budgets:{name}</c>. Doing it again only adds to its configuration.
    /// </summary>
    /// <param name="services">The application's services.</param>
    /// <param name="name">The budget's name.</param>
    /// <param name="configure">Changes the options after the configuration section has been read.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddLateConnectBudget(
        this IServiceCollection services, string name, Action<LateConnectBudgetOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(configure);
        BudgetRegistration.Add(services, name);
        return services.Configure(name, configure);
    }

    /// <summary>
    /// Registers a budget whose attempts are allowed by a limiter, instead of by
    /// <see cref="LateConnectBudgetOptions.PerSecond"/> and <see cref="LateConnectBudgetOptions.Concurrency"/>. An attempt takes
    /// one permit of it, and gives it back when the server has answered. Attempts ask in the order in which they came, one
    /// after the other; a limiter that refuses is asked again after the <c>RetryAfter</c> of its lease, or else after 0.1
    /// seconds. Limiters of .NET run on the system's clock, and not on the application's <see cref="TimeProvider"/>.
    /// </summary>
    /// <param name="services">The application's services.</param>
    /// <param name="name">The budget's name.</param>
    /// <param name="limiter">Makes the limiter; it is disposed with the container.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddLateConnectBudget(this IServiceCollection services, string name, Func<IServiceProvider, RateLimiter> limiter)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(limiter);
        BudgetRegistration.Add(services, name);
        services.AddKeyedSingleton(name, (provider, _) => limiter(provider));
        return services;
    }
}
