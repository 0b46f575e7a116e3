using Late.Hosting.WebSockets;

namespace Late.Hosting;

/// <summary>
/// A base class of handlers: an <see cref="ILateHandler{TState}"/> whose callbacks each have a synchronous and an asynchronous form.
/// Override the one that you need.
/// </summary>
/// <remarks>
/// <para>The asynchronous form of a callback calls the synchronous one by default. Where both are overridden, the asynchronous one runs,
/// and calls the synchronous one only through its base. A callback that awaits nothing needs neither a task nor a token, and costs
/// the same in both forms.</para>
/// <para>To take calls and messages, also implement <see cref="ILateSyncCallHandler{TState, TRequest, TReply}"/> and
/// <see cref="ILateSyncInfoHandler{TState, TMessage}"/>, or, where the callback awaits something,
/// <see cref="ILateCallHandler{TState, TRequest, TReply}"/> and <see cref="ILateInfoHandler{TState, TMessage}"/>.</para>
/// </remarks>
/// <example>
/// <code>
/// public sealed class EchoHandler : LateHandler&lt;int&gt;
/// {
///     public override int Init(LateContext context) => 0;
///
///     public override LateResult&lt;int&gt; HandleIn(LateFrame frame, int count) => LateResult.Send(count + 1, frame);
/// }
/// </code>
/// </example>
/// <typeparam name="TState">The state; best an immutable type.</typeparam>
public abstract class LateHandler<TState> : ILateHandler<TState>
{
    /// <summary>
    /// Makes the first state, before the first attempt. A handler overrides this method or <see cref="InitAsync"/>. (Late:
    /// <c>init/1</c>; its arguments come by constructor.)
    /// </summary>
    /// <param name="context">The connection's name, options and clock.</param>
    /// <returns>The state. An exception faults the connection.</returns>
    public virtual TState Init(LateContext context) => throw new MisuseException(
        $"{GetType().Name} overrides neither Init nor InitAsync. Override one of them, and return the first state.");

    /// <inheritdoc/>
    public virtual ValueTask<TState> InitAsync(LateContext context, CancellationToken cancellationToken) => new(Init(context));

    /// <summary>
    /// Runs before every attempt to connect: sets the address, the headers and the sub-protocols of this attempt from the state. For an
    /// attempt that is made while a session is open it runs between the callbacks of that session.
    /// </summary>
    /// <param name="handshake">The upgrade request of this attempt, with the outcome before it.</param>
    /// <param name="state">The state.</param>
    /// <returns>
    /// The next state; by default the same. An exception leaves the state unchanged and fails the attempt. A
    /// <see cref="LateConnectException"/> specifies what follows, by <see cref="LateConnectException.RetryAfter"/> and
    /// <see cref="LateConnectException.IsTransient"/>; after any other the attempt is retried.
    /// </returns>
    public virtual TState HandleConnecting(LateHandshakeContext handshake, TState state) => state;

    /// <inheritdoc/>
    public virtual ValueTask<TState> HandleConnectingAsync(LateHandshakeContext handshake, TState state, CancellationToken cancellationToken) =>
        new(HandleConnecting(handshake, state));

    /// <summary>
    /// Runs after every upgrade, before anything else of the session: restore subscriptions here. (Late: <c>handle_connect/2</c>.)
    /// Calls are admitted when the frames of its result are written.
    /// </summary>
    /// <param name="handshake">The server's answer.</param>
    /// <param name="state">The state.</param>
    /// <returns>What follows; by default nothing. An exception ends the session with 1011.</returns>
    public virtual LateResult<TState> HandleConnect(LateHandshake handshake, TState state) => LateResult.Ok(state);

    /// <inheritdoc/>
    public virtual ValueTask<LateResult<TState>> HandleConnectAsync(LateHandshake handshake, TState state, CancellationToken cancellationToken) =>
        HandleConnect(handshake, state);

    /// <summary>Runs for every text or binary message. (Late: <c>handle_in/2</c>.)</summary>
    /// <param name="frame">The message; its memory is valid until the callback has returned.</param>
    /// <param name="state">The state.</param>
    /// <returns>What follows; by default nothing.</returns>
    public virtual LateResult<TState> HandleIn(LateFrame frame, TState state) => LateResult.Ok(state);

    /// <inheritdoc/>
    public virtual ValueTask<LateResult<TState>> HandleInAsync(LateFrame frame, TState state, CancellationToken cancellationToken) =>
        HandleIn(frame, state);

    /// <summary>
    /// Runs once before the connection closes a session of its own accord: send the server a goodbye here. It does so for a stop of the host
    /// or of the supervisor, <c>ReconnectAsync</c>, a changed option, a rotation, <see cref="LateConnectionOptions.DataTimeout"/>, and a lease that comes to its end.
    /// </summary>
    /// <param name="closing">Why the session closes, and until when it may stay open.</param>
    /// <param name="state">The state.</param>
    /// <returns>
    /// What follows; by default nothing. Its frames are sent before the close frame; <see cref="LateResult{TState}.HoldClose"/> keeps the
    /// session open for what the server still sends, and <see cref="LateResult{TState}.CloseWith"/> chooses the close frame. What it throws is
    /// logged, and the session closes.
    /// </returns>
    public virtual LateResult<TState> HandleClosing(LateClosing closing, TState state) => LateResult.Ok(state);

    /// <inheritdoc/>
    public virtual ValueTask<LateResult<TState>> HandleClosingAsync(LateClosing closing, TState state, CancellationToken cancellationToken) =>
        HandleClosing(closing, state);

    /// <summary>
    /// Runs once for every session that has seen <c>HandleConnect</c>, after it ended. (Late: <c>handle_disconnect/2</c>.) Calls that
    /// were waiting for a reply have failed by then.
    /// </summary>
    /// <param name="disconnect">How the session ended.</param>
    /// <param name="state">The state.</param>
    /// <returns>
    /// <see cref="LateDisconnectResult.Ok"/> to continue as the options specify (the default), <see cref="LateDisconnectResult.Reconnect{TState}(TState)"/> or
    /// <see cref="LateDisconnectResult.ReconnectAfter"/> to reconnect whatever they specify, <see cref="LateDisconnectResult.Stop"/> to
    /// stop the connection, <see cref="LateDisconnectResult.Fault"/> to fault it.
    /// </returns>
    public virtual LateDisconnectResult<TState> HandleDisconnect(LateDisconnect disconnect, TState state) => LateDisconnectResult.Ok(state);

    /// <inheritdoc/>
    public virtual ValueTask<LateDisconnectResult<TState>> HandleDisconnectAsync(LateDisconnect disconnect, TState state, CancellationToken cancellationToken) =>
        HandleDisconnect(disconnect, state);

    /// <summary>Runs last, once in each life: after it a new life begins with a new handler, or none.</summary>
    /// <param name="reason">Why the life ends.</param>
    /// <param name="state">The last state.</param>
    public virtual void HandleTerminate(LateTerminateReason reason, TState state)
    {
    }

    /// <inheritdoc/>
    public virtual ValueTask HandleTerminateAsync(LateTerminateReason reason, TState state, CancellationToken cancellationToken)
    {
        HandleTerminate(reason, state);
        return default;
    }
}
