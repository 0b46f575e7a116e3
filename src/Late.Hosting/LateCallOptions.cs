namespace Late.Hosting;

/// <summary>Overrides the connection's options for one call or send.</summary>
public readonly record struct LateCallOptions
{
    /// <summary>
    /// The maximum time; for a send, until it is written. That of a call which <see cref="LateConnectionOptions.MaxConcurrentCalls"/> or
    /// <see cref="LateConnectionOptions.MaxConcurrentCallsByRequest"/> limits runs from its slot on.
    /// </summary>
    /// <value>
    /// The default is null: <see cref="LateConnectionOptions.CallTimeout"/> for a call, no limit but the caller's token
    /// for a send. <see cref="System.Threading.Timeout.InfiniteTimeSpan"/> is no limit.
    /// </value>
    public TimeSpan? Timeout { get; init; }

    /// <summary>What it does while the connection is not ready.</summary>
    /// <value>The default is null: <see cref="LateConnectionOptions.WhenNotReady"/>.</value>
    public LateWhenNotReady? WhenNotReady { get; init; }

    /// <summary>
    /// What a call does whose session is lost before the handler has received it. Only for calls: a frame that is sent is for one session,
    /// and never reaches the next.
    /// </summary>
    /// <value>The default is <see cref="LateWhenLost.Fail"/>.</value>
    public LateWhenLost WhenLost { get; init; }
}
