namespace Late.Hosting;

/// <summary>How a session ended.</summary>
public sealed record LateDisconnect
{
    /// <summary>Why it ended.</summary>
    public required LateDisconnectReason Reason { get; init; }

    /// <summary>The same in one sentence, without secrets.</summary>
    public required string Description { get; init; }

    /// <summary>The close code that the server sent (RFC 6455 §7.4); null where it sent none.</summary>
    public int? CloseCode { get; init; }

    /// <summary>The reason that the server gave in its close frame; null where it sent none.</summary>
    public string? CloseReason { get; init; }

    /// <summary>The number of the session, as <see cref="LateContext.Session"/> has it.</summary>
    public long Session { get; init; }

    /// <summary>Whether the session had become ready.</summary>
    public bool WasReady { get; init; }

    /// <summary>What was thrown, where something was.</summary>
    public Exception? Exception { get; init; }
}
