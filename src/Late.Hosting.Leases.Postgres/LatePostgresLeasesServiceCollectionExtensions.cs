using Late.Hosting.Leases;
using Late.Hosting.Leases.Postgres;
using Npgsql;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Keeps leases in PostgreSQL.</summary>
public static class LatePostgresLeasesServiceCollectionExtensions
{
    // Of Npgsql's 100, which are as many as a server takes by default, one host with many keys would leave none to others.
    private const int PoolSize = 10;

    /// <summary>Keeps leases in a table of a PostgreSQL database, over a pool of connections of their own.</summary>
    /// <remarks>
    /// <para>
    /// The table is <c>late_leases</c>, a row for each lease: <c>name text primary key, owner text not null, token bigint not null, expires_at timestamptz
    /// not null</c>. It is created at the first use where it does not exist and the role may do so. Keep its rows: they hold the tokens, which would begin again.
    /// </para>
    /// <para>
    /// All times are those of the server's time of day: one that is set forward while a host has a lease may give it to another. A standby server that
    /// is promoted must have what the primary has confirmed: with asynchronous replication it may grant a lease that another host still has.
    /// </para>
    /// </remarks>
    /// <param name="services">The application's services.</param>
    /// <param name="connectionString">The connection string of Npgsql. <c>Maximum Pool Size</c> is 10 where it does not set it, or as many as its
    /// <c>Minimum Pool Size</c>: so many requests run at a time, at most half of them acquisitions.</param>
    /// <returns>The same services.</returns>
    /// <exception cref="ArgumentException">It is no connection string.</exception>
    public static IServiceCollection AddLatePostgresLeases(this IServiceCollection services, string connectionString)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrWhiteSpace(connectionString);
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        if (!settings.ShouldSerialize("Maximum Pool Size"))
        {
            settings.MaxPoolSize = Math.Max(PoolSize, settings.MinPoolSize);
        }

        return services.AddSingleton<ILateLeaseStore>(_ => new PostgresLeaseStore(NpgsqlDataSource.Create(settings), ownsSource: true));
    }

    /// <summary>Keeps leases in a table of a PostgreSQL database, over a pool of connections of the application.</summary>
    /// <inheritdoc cref="AddLatePostgresLeases(IServiceCollection, string)" path="/remarks"/>
    /// <param name="services">The application's services.</param>
    /// <param name="source">Returns the pool; it belongs to the application. Acquisitions have at most half of its connections.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddLatePostgresLeases(this IServiceCollection services, Func<IServiceProvider, NpgsqlDataSource> source)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(source);
        return services.AddSingleton<ILateLeaseStore>(provider => new PostgresLeaseStore(source(provider), ownsSource: false));
    }
}
