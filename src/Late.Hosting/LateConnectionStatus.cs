using System.Globalization;

namespace Late.Hosting;

/// <summary>The state of a connection at one moment, with since when and why.</summary>
public sealed record LateConnectionStatus
{
    /// <summary>The state.</summary>
    public required LateConnectionState State { get; init; }

    /// <summary>When the state was entered.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>Why, in one sentence without secrets.</summary>
    public required string Reason { get; init; }

    /// <summary>The failed or current attempt since the last stable session; 0 before the first.</summary>
    public int Attempt { get; init; }

    /// <summary>When the next attempt begins, or after a fault the next life; null unless it is waited for.</summary>
    public DateTimeOffset? NextAttemptAt { get; init; }

    /// <summary>What was thrown, where something was.</summary>
    public Exception? Exception { get; init; }

    /// <summary>True where a fault is followed by a new life, after a delay.</summary>
    internal bool IsRestarting { get; init; }

    /// <summary>True where after a fault a new life was requested.</summary>
    internal bool IsLifeRequested { get; init; }

    /// <summary>True where a new life follows a fault, by itself or by a request.</summary>
    internal bool HasNextLife => IsRestarting || IsLifeRequested;

    /// <summary>The state, since when and why: one line, the same in every culture.</summary>
    /// <returns>For example <c>Ready since 2026-01-31 13:00:00Z: The handler is ready for calls.</c></returns>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{State} since {Since:u}: {Reason}");
}
