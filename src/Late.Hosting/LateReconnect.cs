namespace Late.Hosting;

/// <summary>
/// How a session is replaced by the next: for <see cref="LateResult.Reconnect{TState}(TState, LateReconnect)"/>,
/// <see cref="LateDisconnectResult.Reconnect{TState}(TState, LateReconnect)"/> and
/// <see cref="ILateCaller.ReconnectAsync(LateReconnect, CancellationToken)"/>. A value that cannot be used is an
/// <see cref="ArgumentException"/> there.
/// </summary>
/// <remarks>
/// <para>Where the session is being replaced already, or closes (<c>HandleClosing</c> holds it open, or a callback that has run since before returns
/// it) or has ended, why it ends stays: a result lets it close without a further hold, <see cref="Uri"/> and <see cref="After"/> are those of the
/// next attempt, and a <see cref="CloseCode"/> other than 1000, with <see cref="Reason"/>, is sent if no close frame was.
/// <see cref="Order"/> has no effect then.</para>
/// <para>Where the session only waits for its calls (<see cref="FinishCalls"/>), a request without that which closes first ends the wait, and is why it
/// ends; so does a reload. What it leaves at the default is that of the earlier request: the address, the close code, and for a result the delay.
/// Where the session is lost first, the address and the delay are those of the next attempt.</para>
/// <para>Where the connection is made already that is to follow, that becomes a session first, with everything that has arrived on it. It is what
/// was requested, unless <see cref="Uri"/> or <see cref="After"/> is set: it is replaced then as requested, which is logged.</para>
/// <para>Where no session follows, as at a stop, the request of a result is logged and ignored, and that of a client is an exception.</para>
/// </remarks>
public sealed record LateReconnect
{
    /// <summary>Why: it is logged, and sent as the close frame's reason, of which at most 123 bytes of UTF-8 fit (RFC 6455 §5.5).</summary>
    /// <value>The default is the empty string.</value>
    public string Reason { get; init; } = "";

    /// <summary>The delay before the next attempt, from zero to one day; not with <see cref="LateReconnectOrder.ConnectFirst"/>.</summary>
    /// <value>The default is null: the backoff decides after a result of the handler, and a client's request has none.</value>
    public TimeSpan? After { get; init; }

    /// <summary>
    /// The code of our close frame, as RFC 6455 §7.4 allows it: some servers discard a session that is closed with 1000 and keep one
    /// that is closed with a code of 4000 to 4999.
    /// </summary>
    /// <value>The default is 1000.</value>
    public int CloseCode { get; init; } = LateCloseCode.NormalClosure;

    /// <summary>
    /// The address of the next attempt, and of no other, but the one behind a reload that interrupts it: an address that a server has named for
    /// resuming the session. It is <c>ws</c> or <c>wss</c>.
    /// </summary>
    /// <value>The default is null: the configured address.</value>
    public Uri? Uri { get; init; }

    /// <summary>What comes first: the close of the old session, or the connect for the next.</summary>
    /// <value>The default is <see cref="LateReconnectOrder.CloseFirst"/>.</value>
    public LateReconnectOrder Order { get; init; }

    /// <summary>When the next connection takes over, with <see cref="LateReconnectOrder.ConnectFirst"/>.</summary>
    /// <value>The default is <see cref="LateSwitchWhen.Upgraded"/>.</value>
    public LateSwitchWhen SwitchWhen { get; init; }

    /// <summary>
    /// Whether the session ends only when the calls that the handler has are replied to, or after
    /// <see cref="LateConnectionOptions.CallTimeout"/>. It takes no further work meanwhile.
    /// </summary>
    /// <value>The default is false: calls without a reply fail at the end of the session.</value>
    public bool FinishCalls { get; init; }

    /// <summary>Whether the next connection is made while the session continues.</summary>
    internal bool ConnectsFirst => Order == LateReconnectOrder.ConnectFirst;
}
