using StackExchange.Redis;

namespace Late.Hosting.Leases.Redis;

/// <summary>Where the database is.</summary>
internal interface IRedisConnection : IAsyncDisposable
{
    Task<IDatabase> GetDatabaseAsync();
}
