namespace Late.Hosting;

/// <summary>How a reader subscribes to a topic, and what follows when it is slow.</summary>
public readonly record struct LateSubscribeOptions
{
    /// <summary>The maximum time until the subscription is confirmed, waiting for a session included.</summary>
    /// <value>
    /// The default is null: <see cref="LateConnectionOptions.CallTimeout"/>. <see cref="System.Threading.Timeout.InfiniteTimeSpan"/> is no limit. A
    /// subscription that was confirmed waits for the sessions that follow without a limit.
    /// </value>
    public TimeSpan? Timeout { get; init; }

    /// <summary>What it does while the connection is not ready, before it is confirmed.</summary>
    /// <value>The default is null: <see cref="LateConnectionOptions.WhenNotReady"/>.</value>
    public LateWhenNotReady? WhenNotReady { get; init; }

    /// <summary>How many items are kept for the reader, from 1 to 1,048,576.</summary>
    /// <value>The default is null: 1,024 items.</value>
    public int? Capacity { get; init; }

    /// <summary>What follows when so many items wait for the reader.</summary>
    /// <value>The default is <see cref="LateWhenFull.Fail"/>.</value>
    public LateWhenFull WhenFull { get; init; }

    /// <summary>What <see cref="LateSubscription{T}.ReadAllAsync"/> does where the connection was interrupted, or items were dropped.</summary>
    /// <value>The default is <see cref="LateOnGap.Throw"/>.</value>
    public LateOnGap OnGap { get; init; }

    /// <summary>How long the topic stays subscribed to after this reader, where it is the last one to leave, and at most until its session ends.</summary>
    /// <value>The default is zero: the handler unsubscribes immediately. The longest is 49 days.</value>
    public TimeSpan Linger { get; init; }
}
