namespace WorkerSample.Kraken;

/// <summary>What was subscribed to or unsubscribed from.</summary>
public sealed record KrakenResult(string Channel, string Symbol, bool? Snapshot = null);
