namespace Late.Hosting;

/// <summary>An error of a connection: a failed attempt, a lost session, an exception of a callback, or a fault.</summary>
public sealed record LateConnectionError
{
    /// <summary>When the error occurred.</summary>
    public required DateTimeOffset OccurredAt { get; init; }

    /// <summary>What went wrong, in one sentence without secrets.</summary>
    public required string Message { get; init; }
}
