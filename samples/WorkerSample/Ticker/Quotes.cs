using Late.Hosting;
using WorkerSample.Kraken;

namespace WorkerSample.Ticker;

/// <summary>The prices of a symbol as they come, for any number of readers.</summary>
public sealed record Quotes(string Symbol) : ILateTopic<Quotes, KrakenTicker>;
