using System.Collections.Concurrent;
using WorkerSample.Kraken;

namespace WorkerSample.Ticker;

/// <summary>
/// The last known prices. The handler writes them, requests read them. It is a service of its own, not a part of the
/// handler's state, so that prices can be read while the feed is away and without waiting behind the feed's messages.
/// </summary>
public sealed class PriceBoard(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, Price> _prices = new(StringComparer.Ordinal);

    public IReadOnlyCollection<Price> All => [.. _prices.Values.OrderBy(static price => price.Ticker.Symbol, StringComparer.Ordinal)];

    public Price? Find(string symbol) => _prices.GetValueOrDefault(symbol);

    public void Write(KrakenTicker ticker) => _prices[ticker.Symbol] = new Price(ticker, time.GetUtcNow(), IsLive: true);

    public void Remove(string symbol) => _prices.TryRemove(symbol, out _);

    /// <summary>The session has ended: what is known stays known, and is marked.</summary>
    public void MarkStale()
    {
        foreach (var (symbol, price) in _prices)
        {
            _prices[symbol] = price with { IsLive = false };
        }
    }
}
