namespace Late.Hosting;

/// <summary>
/// Makes the results of <c>HandleDisconnect</c>. A stop of the host, a stop that the handler requested, and a fault take precedence
/// over each of them.
/// </summary>
public static class LateDisconnectResult
{
    /// <summary>Continues as the options specify. (Late: <c>{:ok, state}</c>.)</summary>
    /// <typeparam name="TState">The state's type.</typeparam>
    /// <param name="state">The next state.</param>
    /// <returns>The result.</returns>
    public static LateDisconnectResult<TState> Ok<TState>(TState state) => new(state);

    /// <summary>Reconnects, also where the options would not; the backoff determines the delay.</summary>
    /// <typeparam name="TState">The state's type.</typeparam>
    /// <param name="state">The next state.</param>
    /// <returns>The result.</returns>
    public static LateDisconnectResult<TState> Reconnect<TState>(TState state) => Ok(state).ThenReconnect(after: null);

    /// <summary>Reconnects after a delay, also where the options would not.</summary>
    /// <typeparam name="TState">The state's type.</typeparam>
    /// <param name="state">The next state.</param>
    /// <param name="delay">The delay before the next attempt, from zero to one day. It replaces the backoff.</param>
    /// <returns>The result.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The delay is negative or longer than a day.</exception>
    public static LateDisconnectResult<TState> ReconnectAfter<TState>(TState state, TimeSpan delay) => Ok(state).ThenReconnect(delay);

    /// <summary>
    /// Reconnects after a delay or at an address that the server has named, also where the options would not. The session is over:
    /// of the request, <see cref="LateReconnect.After"/> and <see cref="LateReconnect.Uri"/> have an effect.
    /// </summary>
    /// <typeparam name="TState">The state's type.</typeparam>
    /// <param name="state">The next state.</param>
    /// <param name="request">How.</param>
    /// <returns>The result.</returns>
    /// <exception cref="ArgumentException">The request cannot be used, or asks for <see cref="LateReconnectOrder.ConnectFirst"/>.</exception>
    public static LateDisconnectResult<TState> Reconnect<TState>(TState state, LateReconnect request) => Ok(state).ThenReconnect(request);

    /// <summary>Stops the connection: <c>HandleTerminate</c> runs next, and no attempt follows. (Late: <c>{:stop, reason, state}</c>.)</summary>
    /// <typeparam name="TState">The state's type.</typeparam>
    /// <param name="state">The last state.</param>
    /// <returns>The result.</returns>
    public static LateDisconnectResult<TState> Stop<TState>(TState state) => Ok(state).ThenStop();

    /// <summary>
    /// Faults the connection: <c>HandleTerminate</c> runs next, and <see cref="LateConnectionOptions.OnFault"/> decides what follows.
    /// </summary>
    /// <typeparam name="TState">The state's type.</typeparam>
    /// <param name="state">The last state.</param>
    /// <param name="reason">Why, in one sentence without secrets: it is logged, and is in the state and in the <see cref="LateFaultedException"/> of callers.</param>
    /// <param name="exception">The cause: the inner exception of what callers receive; null for none.</param>
    /// <returns>The result.</returns>
    /// <exception cref="ArgumentException">The reason is empty.</exception>
    public static LateDisconnectResult<TState> Fault<TState>(TState state, string reason, Exception? exception = null) =>
        Ok(state).ThenFault(reason, exception);
}
