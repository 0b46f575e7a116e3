namespace WorkerSample.Ticker;

/// <summary>The time has come to ping the exchange. The handler posts it to itself.</summary>
public sealed record PingDue;
