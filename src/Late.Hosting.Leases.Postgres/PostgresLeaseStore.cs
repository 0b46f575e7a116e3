using Npgsql;

namespace Late.Hosting.Leases.Postgres;

/// <summary>Leases as rows of a table, which end by the server's clock. Each request is one statement.</summary>
/// <param name="source">The pool of connections.</param>
/// <param name="ownsSource">Whether it is disposed with the store.</param>
internal sealed class PostgresLeaseStore(NpgsqlDataSource source, bool ownsSource) : ILateLeaseStore, IAsyncDisposable
{
    private const string Create = """
        CREATE TABLE IF NOT EXISTS late_leases (name text PRIMARY KEY, owner text NOT NULL, token bigint NOT NULL, expires_at timestamptz NOT NULL)
        """;

    // clock_timestamp, since now() is the beginning of the transaction: a statement may wait for another one that holds the row.
    private const string Acquire = """
        INSERT INTO late_leases AS lease (name, owner, token, expires_at) VALUES ($1, $2, 1, clock_timestamp() + $3)
        ON CONFLICT (name) DO UPDATE SET owner = EXCLUDED.owner, expires_at = clock_timestamp() + $3,
            token = lease.token + CASE WHEN lease.owner = EXCLUDED.owner AND lease.expires_at > clock_timestamp() THEN 0 ELSE 1 END
        WHERE lease.expires_at <= clock_timestamp() OR lease.owner = EXCLUDED.owner
        RETURNING token
        """;

    private const string Renew = """
        UPDATE late_leases SET expires_at = clock_timestamp() + $3 WHERE name = $1 AND token = $2 AND expires_at > clock_timestamp() RETURNING token
        """;

    private const string Release = "UPDATE late_leases SET expires_at = '-infinity' WHERE name = $1 AND token = $2";

    public async ValueTask<long?> TryAcquireAsync(string name, string owner, TimeSpan ttl, CancellationToken cancellationToken)
    {
        try
        {
            return await RunAsync(Acquire, [Text(name), Text(owner), Time(ttl)], cancellationToken).ConfigureAwait(false);
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.UndefinedTable)
        {
            await CreateAsync(cancellationToken).ConfigureAwait(false);
            return await RunAsync(Acquire, [Text(name), Text(owner), Time(ttl)], cancellationToken).ConfigureAwait(false);
        }
    }

    public async ValueTask<bool> TryRenewAsync(string name, long token, TimeSpan ttl, CancellationToken cancellationToken) =>
        await RunAsync(Renew, [Text(name), Number(token), Time(ttl)], cancellationToken).ConfigureAwait(false) is not null;

    public async ValueTask ReleaseAsync(string name, long token, CancellationToken cancellationToken) =>
        await RunAsync(Release, [Text(name), Number(token)], cancellationToken).ConfigureAwait(false);

    public ValueTask DisposeAsync() => ownsSource ? source.DisposeAsync() : default;

    private async Task<long?> RunAsync(string statement, NpgsqlParameter[] parameters, CancellationToken cancellationToken)
    {
        var command = source.CreateCommand(statement);
        await using (command.ConfigureAwait(false))
        {
            command.Parameters.AddRange(parameters);
            return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) as long?;
        }
    }

    private async Task CreateAsync(CancellationToken cancellationToken)
    {
        try
        {
            await RunAsync(Create, [], cancellationToken).ConfigureAwait(false);
        }
        catch (PostgresException exception) when (exception.SqlState is PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.DuplicateTable)
        {
            // Another host creates it in this moment.
        }
    }

    private static NpgsqlParameter<string> Text(string value) => new() { TypedValue = value };

    private static NpgsqlParameter<long> Number(long value) => new() { TypedValue = value };

    private static NpgsqlParameter<TimeSpan> Time(TimeSpan value) => new() { TypedValue = value };
}
