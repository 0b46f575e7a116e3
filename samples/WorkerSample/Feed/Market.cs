using Microsoft.Extensions.Options;
using WorkerSample.Kraken;

namespace WorkerSample.Feed;

/// <summary>The symbols that the feed knows, and their prices.</summary>
internal sealed class Market
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, RandomWalk> _walks;

    public Market(IOptions<FeedSettings> settings)
    {
        var random = new Random(settings.Value.Seed);
        _walks = new[]
        {
            new RandomWalk("BTC/USD", 64_250.5m, 1, random),
            new RandomWalk("ETH/USD", 3_120.25m, 2, random),
            new RandomWalk("SOL/USD", 148.32m, 2, random),
            new RandomWalk("XRP/USD", 0.52345m, 5, random),
            new RandomWalk("ADA/USD", 0.448712m, 6, random),
            new RandomWalk("DOGE/USD", 0.1256934m, 7, random),
        }.ToDictionary(static walk => walk.Symbol, StringComparer.Ordinal);
    }

    /// <summary>The price of a symbol now; null for one that is not traded here.</summary>
    public KrakenTicker? Find(string symbol)
    {
        lock (_gate)
        {
            return _walks.GetValueOrDefault(symbol)?.Ticker();
        }
    }

    /// <summary>Every price takes a step.</summary>
    public IReadOnlyList<KrakenTicker> Step()
    {
        lock (_gate)
        {
            foreach (var walk in _walks.Values)
            {
                walk.Step();
            }

            return [.. _walks.Values.Select(static walk => walk.Ticker())];
        }
    }
}
