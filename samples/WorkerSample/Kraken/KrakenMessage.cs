using System.Text.Json;

namespace WorkerSample.Kraken;

/// <summary>
/// What the exchange sends. An answer has a method, and either a result or an error; data has a channel. Fields that are
/// not listed here are skipped, so that the exchange may add some.
/// </summary>
public sealed record KrakenMessage
{
    /// <summary>The method that is answered; <c>pong</c> for a ping.</summary>
    public string? Method { get; init; }

    /// <summary>The request's id, where it had one.</summary>
    public int? ReqId { get; init; }

    public bool? Success { get; init; }

    public KrakenResult? Result { get; init; }

    public string? Error { get; init; }

    /// <summary>The symbol of an error; that of a success is in the result.</summary>
    public string? Symbol { get; init; }

    public DateTimeOffset? TimeIn { get; init; }

    public DateTimeOffset? TimeOut { get; init; }

    /// <summary>Where data comes from: <c>ticker</c>, <c>status</c> or <c>heartbeat</c>.</summary>
    public string? Channel { get; init; }

    /// <summary><c>snapshot</c> or <c>update</c>.</summary>
    public string? Type { get; init; }

    /// <summary>What it holds depends on the channel.</summary>
    public JsonElement? Data { get; init; }
}
