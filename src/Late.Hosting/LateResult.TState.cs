using Late.Hosting.Connection.Callbacks;

namespace Late.Hosting;

/// <summary>What a callback returns: the next state, and what follows. Made by <see cref="LateResult"/>.</summary>
/// <typeparam name="TState">The state's type.</typeparam>
public readonly struct LateResult<TState>
{
    // The words of a single frame, so that sending it allocates nothing; or, with this shape, a list of frames or a
    // ResultActions. Three words in all: a larger result would cost more to hand over than the callback that made it.
    private const long MoreShape = -1;

    private readonly object? _source;
    private readonly long _shape;

    internal LateResult(TState state)
    {
        State = state;
    }

    internal LateResult(TState state, LateFrame frame)
    {
        State = state;
        (_source, _shape) = frame.Words;
    }

    internal LateResult(TState state, object more)
    {
        State = state;
        (_source, _shape) = (more, MoreShape);
    }

    /// <summary>The next state.</summary>
    public TState State { get; }

    /// <summary>The single frame; its kind is zero where there is none.</summary>
    internal LateFrame Frame => _shape == MoreShape ? default : new LateFrame(_source, _shape);

    /// <summary>The frames where there are several.</summary>
    internal IReadOnlyList<LateFrame>? Frames => _shape == MoreShape ? _source as IReadOnlyList<LateFrame> ?? Actions!.Frames : null;

    /// <summary>The actions in addition to frames.</summary>
    internal ResultActions? Actions => _shape == MoreShape ? _source as ResultActions : null;

    /// <summary>True where nothing follows.</summary>
    internal bool IsPlain => _source is null;

    /// <summary>
    /// Holds calls back: the session is not ready until a later result has <see cref="ReleaseCalls"/>. For
    /// <c>HandleConnect</c> of a server that wants a login first.
    /// </summary>
    /// <returns>The result with that.</returns>
    public LateResult<TState> HoldCalls() => new(State, Begun with { Hold = true });

    /// <summary>Makes the session ready, when the frames of this result are written, after <see cref="HoldCalls"/>.</summary>
    /// <returns>The result with that.</returns>
    public LateResult<TState> ReleaseCalls() => new(State, Begun with { Release = true });

    /// <summary>
    /// Releases the slot of a call that its caller has canceled, without waiting for the server's answer: see
    /// <see cref="LateConnectionOptions.MaxConcurrentCalls"/>. For <c>HandleCallEnd</c> alone; without effect where the call has no slot any more.
    /// </summary>
    /// <returns>The result with that.</returns>
    public LateResult<TState> ReleaseSlot() => new(State, Begun with { ReleaseSlot = true });

    /// <summary>
    /// Leaves the topics of this result unconfirmed until <see cref="LateTopic{TKey, TItem}.Confirm"/>, for a server that answers a subscription;
    /// without it they are confirmed when the frames of this result are written. For <c>HandleSubscribe</c> alone.
    /// </summary>
    /// <returns>The result with that.</returns>
    public LateResult<TState> HoldConfirm() => new(State, Begun with { HoldConfirm = true });

    /// <summary>
    /// Keeps the session open after the frames of this result: what the server still sends is handled, until a later result has
    /// <see cref="ReleaseClose"/>, the server closes, or <see cref="LateClosing.Until"/>. For <c>HandleClosing</c> alone.
    /// </summary>
    /// <returns>The result with that.</returns>
    public LateResult<TState> HoldClose() => new(State, Begun with { HoldClose = true });

    /// <summary>Closes the session, when the frames of this result are written, after <see cref="HoldClose"/>; without effect where nothing is held.</summary>
    /// <returns>The result with that.</returns>
    public LateResult<TState> ReleaseClose() => new(State, Begun with { ReleaseClose = true });

    /// <summary>Chooses the close frame of the session that closes; the default is 1000. For <c>HandleClosing</c> alone.</summary>
    /// <param name="closeCode">The code of the close frame, 1000 to 4999 as RFC 6455 §7.4 allows.</param>
    /// <param name="reason">The reason in the close frame; cut at 123 bytes of UTF-8 (RFC 6455 §5.5).</param>
    /// <returns>The result with that.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The code may not stand in a close frame.</exception>
    public LateResult<TState> CloseWith(int closeCode, string reason = "") => new(State, Begun.CloseWith(closeCode, reason));

    /// <summary>Ends the connection permanently, when the frames of this result are written; see <see cref="LateResult.Stop"/>.</summary>
    /// <param name="closeCode">The code of the close frame.</param>
    /// <param name="reason">The reason in the close frame.</param>
    /// <returns>The result with that.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The code may not stand in a close frame.</exception>
    public LateResult<TState> ThenStop(int closeCode = LateCloseCode.NormalClosure, string reason = "") =>
        new(State, Begun.ThenStop(closeCode, reason));

    /// <summary>Faults the connection, when the frames of this result are written; see <see cref="LateResult.Fault"/>.</summary>
    /// <param name="reason">Why, in one sentence without secrets.</param>
    /// <param name="exception">The cause: the inner exception of what callers receive; null for none.</param>
    /// <returns>The result with that.</returns>
    /// <exception cref="ArgumentException">The reason is empty.</exception>
    public LateResult<TState> ThenFault(string reason, Exception? exception = null) => new(State, Begun.ThenFault(reason, exception));

    /// <summary>Makes a new session, when the frames of this result are written; see <see cref="LateResult.Reconnect{TState}(TState, string, TimeSpan?)"/>.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="after">The delay before the next attempt, at most a day; null leaves it to the backoff.</param>
    /// <returns>The result with that.</returns>
    /// <exception cref="ArgumentException">The request cannot be used, as the message explains.</exception>
    public LateResult<TState> ThenReconnect(string reason = "", TimeSpan? after = null) =>
        ThenReconnect(new LateReconnect { Reason = reason, After = after });

    /// <summary>Makes a new session as requested, when the frames of this result are written; see <see cref="LateResult.Reconnect{TState}(TState, LateReconnect)"/>.</summary>
    /// <param name="request">How.</param>
    /// <returns>The result with that.</returns>
    /// <exception cref="ArgumentException">The request cannot be used, as the message explains.</exception>
    public LateResult<TState> ThenReconnect(LateReconnect request) => new(State, Begun.ThenReconnect(request));

    /// <summary>The result as a callback returns it that has nothing to wait for.</summary>
    /// <param name="result">The result.</param>
    public static implicit operator ValueTask<LateResult<TState>>(LateResult<TState> result) => new(result);

    /// <summary>The actions so far, to be added to.</summary>
    private ResultActions Begun => Actions ?? new() { Frames = Frames ?? (Frame.Kind == default ? null : [Frame]) };
}
