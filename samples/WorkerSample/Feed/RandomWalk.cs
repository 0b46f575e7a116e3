using WorkerSample.Kraken;

namespace WorkerSample.Feed;

/// <summary>One symbol's price, which goes up and down by chance.</summary>
internal sealed class RandomWalk(string symbol, decimal open, int decimals, Random random)
{
    private readonly decimal _open = open;
    private decimal _last = open;
    private decimal _low = open;
    private decimal _high = open;
    private decimal _volume = 1000;

    public string Symbol => symbol;

    /// <summary>One step: at most a thousandth up or down, and at least one unit of the last decimal.</summary>
    public void Step()
    {
        var unit = 1m / (decimal)Math.Pow(10, decimals);
        var step = decimal.Round(_last * 0.001m * (decimal)(random.NextDouble() * 2 - 1), decimals);
        _last = Math.Max(unit, _last + (step == 0 ? unit : step));
        (_low, _high) = (Math.Min(_low, _last), Math.Max(_high, _last));
        _volume += decimal.Round((decimal)random.NextDouble(), 4);
    }

    public KrakenTicker Ticker()
    {
        var spread = decimal.Round(_last * 0.0001m, decimals);
        return new KrakenTicker
        {
            Symbol = symbol,
            Bid = _last - spread,
            BidQty = 1,
            Ask = _last + spread,
            AskQty = 1,
            Last = _last,
            Volume = _volume,
            Vwap = decimal.Round((_low + _high + _last) / 3, decimals),
            Low = _low,
            High = _high,
            Change = _last - _open,
            ChangePct = decimal.Round((_last - _open) / _open * 100, 2),
        };
    }
}
