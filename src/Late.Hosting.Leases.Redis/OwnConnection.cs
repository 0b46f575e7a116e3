using StackExchange.Redis;

namespace Late.Hosting.Leases.Redis;

/// <summary>A connection for leases alone, which is made at the first request and kept.</summary>
internal sealed class OwnConnection : IRedisConnection
{
    // The lease of a host whose store was away is to be asked for soon after the store has returned.
    private const int ReconnectMilliseconds = 500;

    private readonly ConfigurationOptions _options;
    private readonly Lazy<Task<ConnectionMultiplexer>> _connection;

    public OwnConnection(ConfigurationOptions options)
    {
        _options = options.Clone();

        // While there is no connection a request fails: what waits for one, and is carried out later, is of no use.
        _options.AbortOnConnectFail = false;
        _options.BacklogPolicy = BacklogPolicy.FailFast;
        _options.ReconnectRetryPolicy = new LinearRetry(ReconnectMilliseconds);
        _connection = new(() => ConnectionMultiplexer.ConnectAsync(_options));
    }

    public async Task<IDatabase> GetDatabaseAsync() => (await _connection.Value.ConfigureAwait(false)).GetDatabase();

    public async ValueTask DisposeAsync()
    {
        if (_connection.IsValueCreated)
        {
            await (await _connection.Value.ConfigureAwait(false)).DisposeAsync().ConfigureAwait(false);
        }
    }
}
