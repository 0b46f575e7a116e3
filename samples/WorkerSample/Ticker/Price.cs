using WorkerSample.Kraken;

namespace WorkerSample.Ticker;

/// <summary>The last known price of a symbol.</summary>
/// <param name="Ticker">What the exchange sent.</param>
/// <param name="ReceivedAt">When it arrived.</param>
/// <param name="IsLive">False when the session in which it came has ended: there may be a newer one that we do not know.</param>
public sealed record Price(KrakenTicker Ticker, DateTimeOffset ReceivedAt, bool IsLive);
