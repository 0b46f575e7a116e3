namespace Late.Hosting;

/// <summary>
/// The callbacks of one connection: an actor with a state, which handles one message at a time. Callbacks of a connection
/// never overlap. Each takes the state and returns the next one; one that throws leaves the state unchanged.
/// </summary>
/// <remarks>
/// <para>The order of life is <c>Init</c>, then (<c>HandleConnecting</c>+, (<c>HandleConnect</c>, anything, <c>HandleClosing</c>?,
/// <c>HandleDisconnect</c>)?)*, then <c>HandleTerminate</c>. Every <c>HandleConnect</c> has exactly one <c>HandleDisconnect</c>.</para>
/// <para><see cref="LateHandler{TState}"/> is a base class that implements it, with a synchronous form of each callback.</para>
/// <para>To take calls and messages, implement <see cref="ILateCallHandler{TState, TRequest, TReply}"/> and
/// <see cref="ILateInfoHandler{TState, TMessage}"/> too. A handler that implements <see cref="IDisposable"/> or
/// <see cref="IAsyncDisposable"/> is disposed after <c>HandleTerminate</c>.</para>
/// <para>The token of a callback is canceled while the connection stops, when the callback has not ended within
/// <see cref="LateConnectionOptions.CallbackGracePeriod"/>.</para>
/// </remarks>
/// <typeparam name="TState">The state; best an immutable type.</typeparam>
public interface ILateHandler<TState> : ILateHandler
{
    /// <summary>Makes the first state, before the first attempt. (Late: <c>init/1</c>; its arguments come by constructor.)</summary>
    /// <param name="context">The connection's name, options and clock.</param>
    /// <param name="cancellationToken">Canceled when the connection stops.</param>
    /// <returns>The state. An exception faults the connection.</returns>
    ValueTask<TState> InitAsync(LateContext context, CancellationToken cancellationToken);

    /// <summary>
    /// Runs before every attempt to connect, within <see cref="LateConnectionOptions.ConnectTimeout"/>: sets the address, the headers and the
    /// sub-protocols of this attempt from the state, like the address and the id of a session that is resumed. For an attempt that is
    /// made while a session is open it runs between the callbacks of that session, so it should be quick: fetch tokens in
    /// <c>ConfigureHandshake</c>, which runs after it.
    /// </summary>
    /// <param name="handshake">The upgrade request of this attempt, with the outcome before it.</param>
    /// <param name="state">The state.</param>
    /// <param name="cancellationToken">Canceled when the attempt is: its time is over, the connection stops, or a new session is requested.</param>
    /// <returns>
    /// The next state; by default the same. An exception leaves the state unchanged and fails the attempt. A
    /// <see cref="LateConnectException"/> specifies what follows, by <see cref="LateConnectException.RetryAfter"/> and
    /// <see cref="LateConnectException.IsTransient"/>; after any other the attempt is retried. A callback that completes after
    /// <see cref="LateConnectionOptions.ConnectTimeout"/> fails the attempt too, and its state counts.
    /// </returns>
    ValueTask<TState> HandleConnectingAsync(LateHandshakeContext handshake, TState state, CancellationToken cancellationToken) => new(state);

    /// <summary>
    /// Runs after every upgrade, before anything else of the session: restore subscriptions here. (Late:
    /// <c>handle_connect/2</c>.) Calls are taken when the frames of its result are written.
    /// </summary>
    /// <param name="handshake">The server's answer.</param>
    /// <param name="state">The state.</param>
    /// <param name="cancellationToken">Canceled when the session ends or is to close.</param>
    /// <returns>What follows; by default nothing. An exception ends the session with 1011.</returns>
    ValueTask<LateResult<TState>> HandleConnectAsync(LateHandshake handshake, TState state, CancellationToken cancellationToken) =>
        LateResult.Ok(state);

    /// <summary>Runs for every text or binary message. (Late: <c>handle_in/2</c>.)</summary>
    /// <param name="frame">The message; its memory is valid until the callback has completed.</param>
    /// <param name="state">The state.</param>
    /// <param name="cancellationToken">Canceled while the connection stops.</param>
    /// <returns>What follows; by default nothing.</returns>
    ValueTask<LateResult<TState>> HandleInAsync(LateFrame frame, TState state, CancellationToken cancellationToken) =>
        LateResult.Ok(state);

    /// <summary>
    /// Runs once before the connection closes a session of its own accord: send the server a goodbye here. It does so for a stop of the host
    /// or of the supervisor, <c>ReconnectAsync</c>, a changed option, a rotation, <see cref="LateConnectionOptions.DataTimeout"/>, and a lease that comes to its end.
    /// </summary>
    /// <remarks>
    /// <para>The frames of its result are sent before the close frame, and do not wait for <see cref="LateConnectionOptions.SendLimit"/>; what
    /// waits for it is not sent. <see cref="LateResult{TState}.HoldClose"/> keeps the session open for what the server still sends, and
    /// <see cref="LateResult{TState}.CloseWith"/> chooses the close frame. Calls and posts are not handled any more.</para>
    /// <para>It does not run where the session ends in another way: by the server, by an error, by another timeout, or by a result of the
    /// handler. What it throws is logged, and the session closes. <c>LateResult.Stop</c>, <c>Reconnect</c> and <c>Fault</c> are errors here.</para>
    /// </remarks>
    /// <param name="closing">Why the session closes, and until when it may stay open.</param>
    /// <param name="state">The state.</param>
    /// <param name="cancellationToken">
    /// Canceled after four fifths of <see cref="LateConnectionOptions.CloseTimeout"/> (<see cref="LateClosing.Until"/>); then the session closes.
    /// </param>
    /// <returns>What follows; by default nothing.</returns>
    ValueTask<LateResult<TState>> HandleClosingAsync(LateClosing closing, TState state, CancellationToken cancellationToken) =>
        LateResult.Ok(state);

    /// <summary>
    /// Runs once for every session that has seen <c>HandleConnect</c>, after it ended. (Late: <c>handle_disconnect/2</c>.)
    /// Calls that were waiting for a reply have failed by then.
    /// </summary>
    /// <param name="disconnect">How the session ended.</param>
    /// <param name="state">The state.</param>
    /// <param name="cancellationToken">Canceled while the connection stops.</param>
    /// <returns>
    /// <see cref="LateDisconnectResult.Ok"/> to continue as the options specify (the default), <see cref="LateDisconnectResult.Reconnect{TState}(TState)"/> or
    /// <see cref="LateDisconnectResult.ReconnectAfter"/> to reconnect whatever they specify, <see cref="LateDisconnectResult.Stop"/> to
    /// stop the connection, <see cref="LateDisconnectResult.Fault"/> to fault it. There are no frames in it, because there is no session to send them to.
    /// </returns>
    ValueTask<LateDisconnectResult<TState>> HandleDisconnectAsync(LateDisconnect disconnect, TState state, CancellationToken cancellationToken) =>
        LateDisconnectResult.Ok(state);

    /// <summary>Runs last, once in each life: after it a new life begins with a new handler, or none.</summary>
    /// <param name="reason">Why the life ends.</param>
    /// <param name="state">The last state.</param>
    /// <param name="cancellationToken">Canceled after <see cref="LateConnectionOptions.CallbackGracePeriod"/>.</param>
    /// <returns>A task that is waited for until the token is canceled.</returns>
    ValueTask HandleTerminateAsync(LateTerminateReason reason, TState state, CancellationToken cancellationToken) => default;

    Type ILateHandler.StateType => typeof(TState);

    TResult ILateHandler.Open<TResult>(IHandlerOpener<TResult> opener) => opener.Open(this);
}
