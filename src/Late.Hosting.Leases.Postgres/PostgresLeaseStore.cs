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

    // Where another owner has it, the row is only read: to lock it would be a write, which hosts that stand by would cause without end.
    // A row with the token where it is granted, else one with what is left of the other owner's lease as it was when the statement began, or none.
    // Seconds, since a day of an interval lasts 23 or 25 hours where the time of the session's zone is changed.
    // clock_timestamp, since now() is the beginning of the transaction: a statement may wait for another one that holds the row.
    private const string Acquire = """
        WITH granted AS (
            INSERT INTO late_leases AS lease (name, owner, token, expires_at) SELECT $1, $2, 1, clock_timestamp() + make_interval(secs => $3)
            WHERE NOT EXISTS (SELECT FROM late_leases WHERE name = $1 AND owner <> $2 AND expires_at > clock_timestamp())
            ON CONFLICT (name) DO UPDATE SET owner = EXCLUDED.owner, expires_at = clock_timestamp() + make_interval(secs => $3),
                token = lease.token + CASE WHEN lease.owner = EXCLUDED.owner AND lease.expires_at > clock_timestamp() THEN 0 ELSE 1 END
            WHERE lease.expires_at <= clock_timestamp() OR lease.owner = EXCLUDED.owner
            RETURNING token)
        SELECT token, NULL::interval FROM granted
        UNION ALL
        SELECT NULL, expires_at - clock_timestamp() FROM late_leases WHERE name = $1 AND isfinite(expires_at) AND NOT EXISTS (SELECT FROM granted)
        """;

    private const string Renew = """
        UPDATE late_leases SET expires_at = clock_timestamp() + make_interval(secs => $3) WHERE name = $1 AND token = $2 AND expires_at > clock_timestamp() RETURNING token
        """;

    private const string Release = "UPDATE late_leases SET expires_at = '-infinity' WHERE name = $1 AND token = $2";

    // Half of the pool's connections: a renewal waits for no acquisition, of which a host with many keys has as many as others have leases.
    private readonly SemaphoreSlim _acquisitions = new(Math.Max(1, new NpgsqlConnectionStringBuilder(source.ConnectionString).MaxPoolSize / 2));

    public async ValueTask<LateLeaseAnswer> TryAcquireAsync(string name, string owner, TimeSpan ttl, CancellationToken cancellationToken)
    {
        await _acquisitions.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await AgainAsync(() => AcquireAsync(name, owner, ttl, cancellationToken)).ConfigureAwait(false);
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.UndefinedTable)
        {
            await CreateAsync(cancellationToken).ConfigureAwait(false);
            return await AgainAsync(() => AcquireAsync(name, owner, ttl, cancellationToken)).ConfigureAwait(false);
        }
        finally
        {
            _acquisitions.Release();
        }
    }

    public async ValueTask<bool> TryRenewAsync(string name, long token, TimeSpan ttl, CancellationToken cancellationToken) =>
        await RunAsync(Renew, () => [Text(name), Number(token), Time(ttl)], cancellationToken).ConfigureAwait(false) is not null;

    public async ValueTask ReleaseAsync(string name, long token, CancellationToken cancellationToken) =>
        await RunAsync(Release, () => [Text(name), Number(token)], cancellationToken).ConfigureAwait(false);

    public ValueTask DisposeAsync() => ownsSource ? source.DisposeAsync() : default;

    private async Task<LateLeaseAnswer> AcquireAsync(string name, string owner, TimeSpan ttl, CancellationToken cancellationToken)
    {
        var command = Command(Acquire, [Text(name), Text(owner), Time(ttl)]);
        await using (command.ConfigureAwait(false))
        {
            var rows = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (rows.ConfigureAwait(false))
            {
                return !await rows.ReadAsync(cancellationToken).ConfigureAwait(false) ? LateLeaseAnswer.Refused()
                    : rows.IsDBNull(0) ? LateLeaseAnswer.Refused(rows.GetTimeSpan(1))
                    : LateLeaseAnswer.Granted(rows.GetInt64(0));
            }
        }
    }

    private Task<long?> RunAsync(string statement, Func<NpgsqlParameter[]> parameters, CancellationToken cancellationToken) => AgainAsync(async () =>
    {
        // A parameter belongs to one command.
        var command = Command(statement, parameters());
        await using (command.ConfigureAwait(false))
        {
            return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) as long?;
        }
    });

    /// <summary>Runs a statement again where another one has changed the row meanwhile: so it is where the database isolates transactions more than by default.</summary>
    private static async Task<T> AgainAsync<T>(Func<Task<T>> run)
    {
        while (true)
        {
            try
            {
                return await run().ConfigureAwait(false);
            }
            catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.SerializationFailure)
            {
                // The other statement has succeeded, and this one sees what it has done.
            }
        }
    }

    private NpgsqlCommand Command(string statement, NpgsqlParameter[] parameters)
    {
        var command = source.CreateCommand(statement);
        command.Parameters.AddRange(parameters);
        return command;
    }

    private async Task CreateAsync(CancellationToken cancellationToken)
    {
        try
        {
            await RunAsync(Create, static () => [], cancellationToken).ConfigureAwait(false);
        }
        catch (PostgresException exception) when (exception.SqlState is PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.DuplicateTable)
        {
            // Another host creates it in this moment.
        }
    }

    private static NpgsqlParameter<string> Text(string value) => new() { TypedValue = value };

    private static NpgsqlParameter<long> Number(long value) => new() { TypedValue = value };

    private static NpgsqlParameter<double> Time(TimeSpan value) => new() { TypedValue = value.TotalSeconds };
}
