namespace WorkerSample.Kraken;

/// <summary>What to subscribe to. The exchange answers once for each symbol.</summary>
public sealed record KrakenParams(string Channel, IReadOnlyList<string> Symbol);
