namespace Late.Hosting;

/// <summary>A supervisor and the numbers of its connections, at one moment.</summary>
public sealed record LateSupervisorInfo
{
    /// <summary>The supervisor's name.</summary>
    public required string Name { get; init; }

    /// <summary>The name of the handler's type, without its namespace.</summary>
    public required string HandlerName { get; init; }

    /// <summary>The number of connections, including those that have ended and whose keys are kept.</summary>
    public int ConnectionCount { get; init; }

    /// <summary>The number of connections that are <see cref="LateConnectionState.Ready"/>.</summary>
    public int ReadyCount { get; init; }

    /// <summary>The number of connections that are <see cref="LateConnectionState.Faulted"/>.</summary>
    public int FaultedCount { get; init; }
}
