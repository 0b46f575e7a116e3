using Late.Hosting.Leases;
using Late.Hosting.Leases.Redis;
using StackExchange.Redis;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Keeps leases in Redis.</summary>
public static class LateRedisLeasesServiceCollectionExtensions
{
    /// <summary>Keeps leases in Redis, over a connection of their own.</summary>
    /// <remarks>
    /// <para>
    /// Each lease has two keys, <c>late:lease:{name}</c>, which expires, and <c>late:token:{name}</c>, which does not. Keep the latter: without it, the tokens
    /// begin again. Set <c>maxmemory-policy noeviction</c>: a lease that is evicted has a second owner.
    /// </para>
    /// <para>
    /// Redis must keep what it has answered: one that restarts without its data, or a replica that is promoted before it has received the last
    /// writes, grants a lease that another host still has, and begins its tokens again. Use <c>appendonly yes</c> with <c>appendfsync always</c>, and for a
    /// failover PostgreSQL. A lease expires by the server's time of day: one that is set forward while a host has a lease may give it to another.
    /// </para>
    /// </remarks>
    /// <param name="services">The application's services.</param>
    /// <param name="configuration">The configuration of StackExchange.Redis, like <c>redis.example:6379,password=…</c>.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddLateRedisLeases(this IServiceCollection services, string configuration)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrWhiteSpace(configuration);
        var options = ConfigurationOptions.Parse(configuration);
        return services.AddSingleton<ILateLeaseStore>(_ => new RedisLeaseStore(new OwnConnection(options)));
    }

    /// <summary>Keeps leases in Redis, over a connection of the application.</summary>
    /// <inheritdoc cref="AddLateRedisLeases(IServiceCollection, string)" path="/remarks"/>
    /// <param name="services">The application's services.</param>
    /// <param name="connection">Returns the connection; it belongs to the application.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddLateRedisLeases(this IServiceCollection services, Func<IServiceProvider, IConnectionMultiplexer> connection)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(connection);
        return services.AddSingleton<ILateLeaseStore>(provider => new RedisLeaseStore(new GivenConnection(connection(provider))));
    }
}
