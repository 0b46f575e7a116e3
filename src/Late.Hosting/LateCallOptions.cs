namespace Late.Hosting;

/// <summary>Overrides the connection's options for one call, post or send.</summary>
public readonly record struct LateCallOptions
{
    /// <summary>The maximum time; for a post or a send, until it is accepted or written.</summary>
    /// <value>
    /// The default is null: <see cref="LateConnectionOptions.CallTimeout"/> for a call, no limit but the caller's token
    /// for a post or a send. <see cref="System.Threading.Timeout.InfiniteTimeSpan"/> is no limit.
    /// </value>
    public TimeSpan? Timeout { get; init; }

    /// <summary>What it does while the connection is not ready.</summary>
    /// <value>The default is null: <see cref="LateConnectionOptions.WhenNotReady"/>.</value>
    public LateWhenNotReady? WhenNotReady { get; init; }
}
