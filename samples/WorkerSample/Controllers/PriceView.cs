using WorkerSample.Ticker;

namespace WorkerSample.Controllers;

/// <summary>A price as it is shown.</summary>
/// <param name="Symbol">The symbol.</param>
/// <param name="Last">The price of the last trade.</param>
/// <param name="Bid">The best bid.</param>
/// <param name="Ask">The best ask.</param>
/// <param name="ChangePct">The change in 24 hours, in per cent.</param>
/// <param name="AgeSeconds">How long ago the exchange sent it.</param>
/// <param name="IsLive">False when the session in which it came has ended.</param>
public sealed record PriceView(string Symbol, decimal Last, decimal Bid, decimal Ask, decimal ChangePct, double AgeSeconds, bool IsLive)
{
    public static PriceView Of(Price price, DateTimeOffset now) => new(
        price.Ticker.Symbol,
        price.Ticker.Last,
        price.Ticker.Bid,
        price.Ticker.Ask,
        price.Ticker.ChangePct,
        Math.Round((now - price.ReceivedAt).TotalSeconds, 1),
        price.IsLive);
}
