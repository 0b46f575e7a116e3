namespace WorkerSample.Kraken;

/// <summary>The state of the exchange, on the channel <c>status</c>, when a client connects and when it changes.</summary>
public sealed record KrakenStatus
{
    /// <summary><c>online</c>, <c>maintenance</c>, <c>cancel_only</c> or <c>post_only</c>.</summary>
    public required string System { get; init; }

    public string? ApiVersion { get; init; }
}
