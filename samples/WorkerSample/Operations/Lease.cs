using Late.Hosting;

namespace WorkerSample.Operations;

/// <summary>One owner of the feed over several replicas, where the settings name a Redis that they share.</summary>
internal static class Lease
{
    // The one setting: "Lease:Redis", or Lease__Redis in the environment.
    private const string Redis = "Lease:Redis";

    public static ILateConnectionBuilder UseLeaseWhereShared(this ILateConnectionBuilder connection, IConfiguration configuration)
    {
        if (configuration[Redis] is not { Length: > 0 } address)
        {
            return connection;
        }

        connection.Services.AddLateRedisLeases(address);
        return connection.UseLease("ticker");
    }
}
