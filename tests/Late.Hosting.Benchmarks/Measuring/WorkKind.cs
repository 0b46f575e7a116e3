namespace Late.Hosting.Benchmarks.Measuring;

/// <summary>How a piece of work is measured.</summary>
internal enum WorkKind
{
    /// <summary>Messages in a while.</summary>
    Stream,

    /// <summary>Round trips in a while, client and server on one core.</summary>
    RoundTrips,

    /// <summary>The time until all connections are ready.</summary>
    Connecting,

    /// <summary>The memory that quiet connections take, in a process of their own.</summary>
    Idle,
}
