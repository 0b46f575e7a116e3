using System.Diagnostics;
using System.Globalization;

namespace Late.Hosting.Leases.Tests.Processes;

/// <summary>Hosts whose supervisors share keys: each is started by its name, and asked how many it has.</summary>
internal sealed class SharedKeys(TwoHosts hosts, int keys, int ttl, int beat) : IAsyncDisposable
{
    private readonly List<Child> _started = [];

    public Child Start(string name)
    {
        // The default margin and interval, where the time to live is the default too.
        var settings = hosts.SettingsOf(name, _started.Count % 2 == 0 ? hosts.CableOfOne : hosts.CableOfTwo) with
        {
            Keys = keys,
            Beat = beat,
            Ttl = ttl,
            Margin = ttl == 15_000 ? 3000 : ttl / 3,
            Interval = ttl == 15_000 ? 1000 : ttl / 6,
        };
        var child = Child.Owner(settings);
        _started.Add(child);
        return child;
    }

    /// <summary>Waits until a host has all keys.</summary>
    public Task<Record> AllAsync(Child host, long after = 0) => host.WaitAsync(record => record.Is("keys", Text(keys)), after);

    /// <summary>Waits until each of two hosts has half of the keys, with a difference of a fifth of that, and all are ready.</summary>
    /// <returns>When, and how many the first one has.</returns>
    public async Task<(long At, int OfOne)> SpreadAsync(Child one, Child two, long after)
    {
        while (true)
        {
            var (of, other) = (await one.WaitAsync(IsShare, after), await two.WaitAsync(IsShare, after));
            var at = Math.Max(of.At, other.At);
            if (Count(one.Records.Last(IsKeys)) + Count(two.Records.Last(IsKeys)) == keys && IsShare(one.Records.Last(IsKeys)) && IsShare(two.Records.Last(IsKeys)))
            {
                return (at, Count(one.Records.Last(IsKeys)));
            }

            after = Math.Min(of.At, other.At);
        }
    }

    /// <summary>How many requests a host has sent to the store in each second since a moment.</summary>
    public static double RequestsPerSecond(Child host, long since)
    {
        var records = host.Records.Where(record => IsKeys(record) && record.At >= since).ToList();
        return (Requests(records[^1]) - Requests(records[0])) / Stopwatch.GetElapsedTime(records[0].At, records[^1].At).TotalSeconds;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var child in _started)
        {
            await child.DisposeAsync();
        }
    }

    private bool IsShare(Record record) => IsKeys(record) && Math.Abs(Count(record) - (keys / 2)) <= keys / 10;

    private static bool IsKeys(Record record) => record.What == "keys";

    private static int Count(Record record) => int.Parse(record.Words[0], CultureInfo.InvariantCulture);

    private static long Requests(Record record) => long.Parse(record.Words[1], CultureInfo.InvariantCulture);

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
