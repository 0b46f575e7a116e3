namespace Late.Hosting;

/// <summary>Overrides the connection's options for one post, and specifies where it is handled.</summary>
public readonly record struct LatePostOptions
{
    /// <summary>The maximum time until the post is accepted; not for a delayed post.</summary>
    /// <value>The default is null: no limit but the caller's token. <see cref="System.Threading.Timeout.InfiniteTimeSpan"/> is no limit.</value>
    public TimeSpan? Timeout { get; init; }

    /// <summary>
    /// What the post does while the connection is not ready, or, with <see cref="RunsWithoutSession"/>, before <c>Init</c> has
    /// completed; not for a delayed post.
    /// </summary>
    /// <value>The default is null: <see cref="LateConnectionOptions.WhenNotReady"/>.</value>
    public LateWhenNotReady? WhenNotReady { get; init; }

    /// <summary>
    /// Whether the post is handled wherever the connection stands after <c>Init</c>: before the first session, while an attempt or a
    /// wait is in progress, and in a session, whether it is ready or not. It does not end with a session: one that was accepted and
    /// not handled is handled after it, and runs between the other callbacks, like every post.
    /// </summary>
    /// <remarks>
    /// <para>Where it is handled without a session, <see cref="LateContext.Session"/> is null and there is no server to send to: a result
    /// with frames, <c>HoldCalls</c>, <c>HoldClose</c> or <c>CloseWith</c> is an error there and leaves the state unchanged.
    /// <c>LateResult.Stop</c> and <c>Fault</c> end the connection, and <c>Reconnect</c> makes the next attempt after its
    /// <see cref="LateReconnect.After"/>, by default immediately, at its <see cref="LateReconnect.Uri"/>.</para>
    /// <para>While a session closes, it waits for the end of that session. What is not handled when the connection stops or faults is dropped,
    /// counted and logged.</para>
    /// </remarks>
    /// <value>The default is false: the post waits for a session that is ready, and ends with it.</value>
    public bool RunsWithoutSession { get; init; }
}
