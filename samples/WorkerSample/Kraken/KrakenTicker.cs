namespace WorkerSample.Kraken;

/// <summary>The prices of one symbol, on the channel <c>ticker</c>. Snapshots and updates are alike, and both are whole.</summary>
public sealed record KrakenTicker
{
    public required string Symbol { get; init; }

    public decimal Bid { get; init; }

    public decimal BidQty { get; init; }

    public decimal Ask { get; init; }

    public decimal AskQty { get; init; }

    public decimal Last { get; init; }

    public decimal Volume { get; init; }

    public decimal Vwap { get; init; }

    public decimal Low { get; init; }

    public decimal High { get; init; }

    public decimal Change { get; init; }

    public decimal ChangePct { get; init; }
}
