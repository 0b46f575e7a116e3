using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Late.Hosting.Connection;

/// <summary>
/// How long the host may take to stop all that is registered, and whether that exceeds its shutdown timeout: asked at the host's start, and
/// at the start of a key whose options raise it (promise P9).
/// </summary>
internal sealed class StopBudget(IOptions<HostOptions> host)
{
    // By the supervisor's name: it stops its connections concurrently, and takes as long as the longest of them.
    private readonly ConcurrentDictionary<string, TimeSpan> _supervisors = new(StringComparer.Ordinal);
    private volatile TimeSpan[] _connections = [];

    /// <summary>The host starts.</summary>
    /// <param name="connections">How long each connection may take.</param>
    /// <param name="supervisors">How long each supervisor may take, by its own options.</param>
    /// <returns>What exceeds the shutdown timeout; null where nothing does.</returns>
    public StopExcess? Begin(TimeSpan[] connections, IEnumerable<KeyValuePair<string, TimeSpan>> supervisors)
    {
        _connections = connections;
        foreach (var (name, time) in supervisors)
        {
            TryRaise(name, time);
        }

        return Excess();
    }

    /// <summary>A supervisor starts a connection.</summary>
    /// <param name="supervisor">The supervisor.</param>
    /// <param name="time">How long the connection may take to stop.</param>
    /// <returns>What exceeds the shutdown timeout by it; null where nothing does, or where it raises nothing.</returns>
    public StopExcess? BeginKey(string supervisor, TimeSpan time) => TryRaise(supervisor, time) ? Excess() : null;

    private bool TryRaise(string supervisor, TimeSpan time)
    {
        while (true)
        {
            if (_supervisors.TryGetValue(supervisor, out var before))
            {
                if (time <= before)
                {
                    return false;
                }

                if (_supervisors.TryUpdate(supervisor, time, before))
                {
                    return true;
                }
            }
            else if (_supervisors.TryAdd(supervisor, time))
            {
                return true;
            }
        }
    }

    private StopExcess? Excess()
    {
        var limit = host.Value.ShutdownTimeout;
        var connections = _connections;
        TimeSpan[] supervisors = [.. _supervisors.Values];
        TimeSpan[] all = [.. connections, .. supervisors];
        var isConcurrent = host.Value.ServicesStopConcurrently || all.Length == 1;
        var longest = TimeSpan.FromTicks(isConcurrent ? all.DefaultIfEmpty().Max(static time => time.Ticks) : all.Sum(static time => time.Ticks));
        if (limit == Timeout.InfiniteTimeSpan || longest <= limit)
        {
            return null;
        }

        string[] parts = [.. Count(connections.Length, "connection"), .. Count(supervisors.Length, "supervisor")];
        return new StopExcess(
            longest,
            $"its {string.Join(" and ", parts)}{(isConcurrent ? "" : " one after the other")}",
            limit,
            isConcurrent ? "" : "set HostOptions.ServicesStopConcurrently, ");
    }

    private static string[] Count(int count, string noun) => count switch
    {
        0 => [],
        1 => [noun],
        _ => [$"{count} {noun}s"],
    };
}
