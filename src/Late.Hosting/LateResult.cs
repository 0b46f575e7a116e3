namespace Late.Hosting;

/// <summary>Makes the results of callbacks: the next state, and what follows.</summary>
public static class LateResult
{
    /// <summary>Continues with a state. (Late: <c>{:ok, state}</c>.)</summary>
    /// <typeparam name="TState">The state's type.</typeparam>
    /// <param name="state">The next state.</param>
    /// <returns>The result.</returns>
    public static LateResult<TState> Ok<TState>(TState state) => new(state);

    /// <summary>Sends a frame. (Late: <c>{:reply, frame, state}</c>.)</summary>
    /// <typeparam name="TState">The state's type.</typeparam>
    /// <param name="state">The next state.</param>
    /// <param name="frame">The frame; it leaves before the frames of any later result.</param>
    /// <returns>The result.</returns>
    /// <exception cref="ArgumentException">The frame is <c>default</c>.</exception>
    public static LateResult<TState> Send<TState>(TState state, LateFrame frame)
    {
        if (frame.Kind == default)
        {
            throw new ArgumentException("default(LateFrame) cannot be sent. Make the frame with LateFrame.Text, Binary or Json.", nameof(frame));
        }

        return new(state, frame);
    }

    /// <summary>Sends frames, in their order. (Late: <c>{:reply, frames, state}</c>.)</summary>
    /// <typeparam name="TState">The state's type.</typeparam>
    /// <param name="state">The next state.</param>
    /// <param name="frames">
    /// The frames; none is fine. A list is read before the next callback begins and may be used again then; any other
    /// sequence is enumerated now.
    /// </param>
    /// <returns>The result.</returns>
    public static LateResult<TState> Send<TState>(TState state, IEnumerable<LateFrame> frames)
    {
        ArgumentNullException.ThrowIfNull(frames);
        return new(state, (object)(frames as IReadOnlyList<LateFrame> ?? frames.ToArray()));
    }

    /// <summary>Sends frames, in their order.</summary>
    /// <typeparam name="TState">The state's type.</typeparam>
    /// <param name="state">The next state.</param>
    /// <param name="frames">The frames; none is fine. The array is read before the next callback begins.</param>
    /// <returns>The result.</returns>
    public static LateResult<TState> Send<TState>(TState state, params LateFrame[] frames)
    {
        ArgumentNullException.ThrowIfNull(frames);
        return new(state, (object)frames);
    }

    /// <summary>
    /// Ends the connection permanently: closes the session, runs <c>HandleDisconnect</c> and <c>HandleTerminate</c>. (Late:
    /// <c>{:stop, reason, state}</c>.)
    /// </summary>
    /// <typeparam name="TState">The state's type.</typeparam>
    /// <param name="state">The last state.</param>
    /// <param name="closeCode">The code of the close frame, 1000 to 4999 as RFC 6455 §7.4 allows.</param>
    /// <param name="reason">The reason in the close frame; cut at 123 bytes of UTF-8 (RFC 6455 §5.5).</param>
    /// <returns>The result.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The code may not stand in a close frame.</exception>
    public static LateResult<TState> Stop<TState>(TState state, int closeCode = LateCloseCode.NormalClosure, string reason = "") =>
        Ok(state).ThenStop(closeCode, reason);

    /// <summary>
    /// Faults the connection: closes the session with 1011, runs <c>HandleDisconnect</c> and <c>HandleTerminate</c>. For what a new
    /// session cannot fix, such as a revoked account; <see cref="LateConnectionOptions.OnFault"/> decides what follows.
    /// </summary>
    /// <typeparam name="TState">The state's type.</typeparam>
    /// <param name="state">The last state.</param>
    /// <param name="reason">
    /// Why, in one sentence without secrets: it is logged, and is in the state and in the <see cref="LateFaultedException"/> of callers.
    /// The server does not receive it.
    /// </param>
    /// <param name="exception">The cause: the inner exception of what callers receive; null for none.</param>
    /// <returns>The result.</returns>
    /// <exception cref="ArgumentException">The reason is empty.</exception>
    public static LateResult<TState> Fault<TState>(TState state, string reason, Exception? exception = null) =>
        Ok(state).ThenFault(reason, exception);

    /// <summary>Ends the session with 1000 and makes a new one.</summary>
    /// <typeparam name="TState">The state's type.</typeparam>
    /// <param name="state">The next state.</param>
    /// <param name="reason">Why; it is logged, and sent as the close frame's reason.</param>
    /// <param name="after">The delay before the next attempt, at most a day; null leaves it to the backoff.</param>
    /// <returns>The result.</returns>
    /// <exception cref="ArgumentException">The request cannot be used, as the message explains.</exception>
    public static LateResult<TState> Reconnect<TState>(TState state, string reason = "", TimeSpan? after = null) =>
        Ok(state).ThenReconnect(reason, after);

    /// <summary>
    /// Makes a new session: with a close code that the server does not take for a goodbye, at an address that it has named, or on a
    /// connection that is made before the session ends.
    /// </summary>
    /// <typeparam name="TState">The state's type.</typeparam>
    /// <param name="state">The next state.</param>
    /// <param name="request">How.</param>
    /// <returns>The result.</returns>
    /// <exception cref="ArgumentException">The request cannot be used, as the message explains.</exception>
    public static LateResult<TState> Reconnect<TState>(TState state, LateReconnect request) => Ok(state).ThenReconnect(request);
}
