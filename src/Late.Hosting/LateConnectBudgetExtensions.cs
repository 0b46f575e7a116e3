using System.Threading.RateLimiting;
using Late.Hosting;
using Late.Hosting.Configuration;
using Late.Hosting.Supervision.Budgets;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Bounds the attempts to connect of a group of connections.</summary>
public static class LateConnectBudgetExtensions
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

    /// <summary>
    /// Lets a connection, or all connections of a supervisor, attempt to connect only as a budget allows that they share with
    /// others. Waiting attempts go in the order in which they came; to wait does not count towards
    /// <see cref="LateConnectionOptions.ConnectTimeout"/>. A server that answers one of them with 429, or with 503 and
    /// <c>Retry-After</c>, holds all of them.
    /// </summary>
    /// <param name="builder">The connection or the supervisor.</param>
    /// <param name="name">The budget's name; it need not be registered where the section <c>Late:Budgets:{name}</c> says enough.</param>
    /// <returns>The same builder.</returns>
    public static ILateConnectionBuilder UseConnectBudget(this ILateConnectionBuilder builder, string name)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        BudgetRegistration.Add(builder.Services, name);
        builder.Services.Configure<ConnectionHooks>(builder.Name, hooks => hooks.Budget = name);
        return builder;
    }
}
