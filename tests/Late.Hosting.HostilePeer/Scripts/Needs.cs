namespace Late.Hosting.HostilePeer.Scripts;

/// <summary>What the attempts of a script need of its client, so that they show what they are meant to.</summary>
internal sealed record Needs
{
    /// <summary>The handler is ready as soon as it is asked, and nothing else ends sessions.</summary>
    public bool IsReadySoon { get; init; }

    /// <summary>The handler's pace, where it matters.</summary>
    public Pace? Pace { get; init; }

    public int? Callers { get; init; }

    public bool OnlySends { get; init; }

    public bool Pings { get; init; }

    /// <summary>Compression is offered.</summary>
    public bool Compression { get; init; }

    /// <summary>Keep-alive is short: it is what ends a session here.</summary>
    public bool KeepAlive { get; init; }

    /// <summary>Keep-alive is long: pings are counted here.</summary>
    public bool NoKeepAlive { get; init; }

    /// <summary>Attempts follow one another quickly.</summary>
    public bool ShortDelays { get; init; }

    /// <summary>The whole ConnectTimeout would be noticed.</summary>
    public bool LongConnectTimeout { get; init; }

    public bool Budget { get; init; }

    public int LogThrowsAt { get; init; }

    /// <summary>The log's provider does not throw: it blocks when the connection is ready.</summary>
    public bool LogBlocks { get; init; }
}
