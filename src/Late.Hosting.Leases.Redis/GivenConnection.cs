using StackExchange.Redis;

namespace Late.Hosting.Leases.Redis;

/// <summary>A connection of the application.</summary>
internal sealed class GivenConnection(IConnectionMultiplexer connection) : IRedisConnection
{
    public Task<IDatabase> GetDatabaseAsync() => Task.FromResult(connection.GetDatabase());

    public ValueTask DisposeAsync() => default;
}
