using System.ComponentModel;

namespace Late.Hosting;

/// <summary>
/// What can be asked of a connection wherever it runs: calls, posts, sends, and a new session. <see cref="ILateClient"/> adds what only
/// the process that has the connection knows, such as its state. All members are safe for concurrent use.
/// </summary>
public interface ILateCaller
{
    /// <summary>The connection's name.</summary>
    string Name { get; }

    /// <summary>
    /// Ends the session, or the wait for the next attempt, and connects again without delay; after a fault, begins a new life with a new
    /// handler. Completes when that is in progress; <see cref="ILateClient.WaitForReadyAsync"/> waits for the new session.
    /// </summary>
    /// <param name="reason">Why; it is logged, and sent as the close frame's reason.</param>
    /// <param name="cancellationToken">Cancels it before it begins.</param>
    /// <returns>A task that completes when the old session takes no more work.</returns>
    /// <exception cref="LateDisconnectedException">The connection is not started.</exception>
    /// <exception cref="LateFaultedException">The connection has failed permanently, and a supervisor runs it: it alone restarts the connection.</exception>
    /// <exception cref="LateStoppedException">The connection is stopped or stopping.</exception>
    Task ReconnectAsync(string reason, CancellationToken cancellationToken = default) => ReconnectAsync(new LateReconnect { Reason = reason }, cancellationToken);

    /// <summary>
    /// Replaces the session as requested. Where there is none, the wait for the next attempt ends, and that attempt begins after
    /// <see cref="LateReconnect.After"/>, without it immediately, whatever the order in the request; after a fault, a new life with a new
    /// handler begins so. A stop, and another request, end that wait.
    /// </summary>
    /// <param name="request">How.</param>
    /// <param name="cancellationToken">Cancels it before it begins.</param>
    /// <returns>A task that completes when the session takes no more work, or when the next connection is being made first.</returns>
    /// <exception cref="ArgumentException">The request cannot be used, as the message explains.</exception>
    /// <exception cref="LateDisconnectedException">The connection is not started.</exception>
    /// <exception cref="LateFaultedException">The connection has failed permanently, and a supervisor runs it: it alone restarts the connection.</exception>
    /// <exception cref="LateStoppedException">The connection is stopped or stopping.</exception>
    Task ReconnectAsync(LateReconnect request, CancellationToken cancellationToken = default);

    /// <summary>
    /// Sends a frame, in order with calls and posts, without passing it to the handler. Completes when it is written to the socket.
    /// </summary>
    /// <param name="frame">The frame; its memory can be reused when the task has completed.</param>
    /// <param name="options">Overrides options for this send.</param>
    /// <param name="cancellationToken">Cancels the wait; has no effect after the frame has been taken for writing.</param>
    /// <returns>A task that completes when the frame is written.</returns>
    /// <exception cref="ArgumentException">The frame cannot be sent, or the options are for calls only (<see cref="LateCallOptions.WhenLost"/>).</exception>
    /// <exception cref="LateDisconnectedException">The session ended first.</exception>
    /// <exception cref="LateCallTimeoutException">The time of <paramref name="options"/> has passed.</exception>
    /// <exception cref="LateFaultedException">The connection has failed permanently.</exception>
    /// <exception cref="LateStoppedException">The connection is stopped or stopping.</exception>
    ValueTask SendAsync(LateFrame frame, LateCallOptions options, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="SendAsync(LateFrame, LateCallOptions, CancellationToken)"/>
    ValueTask SendAsync(LateFrame frame, CancellationToken cancellationToken = default) => SendAsync(frame, default, cancellationToken);

    /// <summary>
    /// The implementation of <c>CallAsync</c>, without the compiler's check that the handler accepts the request. A fake of
    /// this interface implements it; an application calls <c>CallAsync</c>.
    /// </summary>
    /// <typeparam name="TRequest">The request.</typeparam>
    /// <typeparam name="TReply">Its reply.</typeparam>
    /// <param name="request">The request.</param>
    /// <param name="options">Overrides options for this call.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The reply.</returns>
    [EditorBrowsable(EditorBrowsableState.Advanced)]
    Task<TReply> DispatchCallAsync<TRequest, TReply>(TRequest request, LateCallOptions options, CancellationToken cancellationToken);

    /// <summary>The implementation of <c>PostAsync</c>, without the compiler's check.</summary>
    /// <typeparam name="TMessage">The message.</typeparam>
    /// <param name="message">The message.</param>
    /// <param name="options">Overrides options for this post.</param>
    /// <param name="cancellationToken">Cancels the wait; has no effect once the message is accepted.</param>
    /// <returns>A task that completes when the message is accepted.</returns>
    [EditorBrowsable(EditorBrowsableState.Advanced)]
    ValueTask DispatchPostAsync<TMessage>(TMessage message, LatePostOptions options, CancellationToken cancellationToken);
}
