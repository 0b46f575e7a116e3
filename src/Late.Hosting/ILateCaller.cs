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
    /// Ends the session, or the wait for the next attempt, and connects again without delay. Completes when that is in progress;
    /// <see cref="ILateClient.WaitForReadyAsync"/> waits for the new session.
    /// </summary>
    /// <param name="reason">Why; it is logged, and sent as the close frame's reason.</param>
    /// <param name="cancellationToken">Cancels it before it begins.</param>
    /// <returns>A task that is done when the old session takes no more work.</returns>
    /// <exception cref="LateFaultedException">The connection has given up.</exception>
    /// <exception cref="LateStoppedException">The connection is not started, stopped or stopping.</exception>
    Task ReconnectAsync(string reason, CancellationToken cancellationToken = default);

    /// <summary>
    /// Sends a frame, in order with calls and posts, without the handler seeing it. Done when it is written to the socket.
    /// </summary>
    /// <param name="frame">The frame; its memory is the caller's again when the task is done.</param>
    /// <param name="options">What this send does differently.</param>
    /// <param name="cancellationToken">Counts until the frame's turn has come; then the frame is written.</param>
    /// <returns>A task that is done when the frame is written.</returns>
    /// <exception cref="LateDisconnectedException">The session ended first.</exception>
    /// <exception cref="LateCallTimeoutException">The time of <paramref name="options"/> has passed.</exception>
    /// <exception cref="LateFaultedException">The connection has given up.</exception>
    /// <exception cref="LateStoppedException">The connection is stopped or stopping.</exception>
    ValueTask SendAsync(LateFrame frame, LateCallOptions options, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="SendAsync(LateFrame, LateCallOptions, CancellationToken)"/>
    ValueTask SendAsync(LateFrame frame, CancellationToken cancellationToken = default) => SendAsync(frame, default, cancellationToken);

    /// <summary>
    /// What <c>CallAsync</c> comes down to, without the compiler's check that the handler takes the request. A fake of
    /// this interface implements it; an application calls <c>CallAsync</c>.
    /// </summary>
    /// <typeparam name="TRequest">The request.</typeparam>
    /// <typeparam name="TReply">Its reply.</typeparam>
    /// <param name="request">The request.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The reply.</returns>
    [EditorBrowsable(EditorBrowsableState.Advanced)]
    Task<TReply> DispatchCallAsync<TRequest, TReply>(TRequest request, LateCallOptions options, CancellationToken cancellationToken);

    /// <summary>What <c>PostAsync</c> comes down to, without the compiler's check.</summary>
    /// <typeparam name="TMessage">The message.</typeparam>
    /// <param name="message">The message.</param>
    /// <param name="options">What this post does differently.</param>
    /// <param name="cancellationToken">Counts until the message is accepted.</param>
    /// <returns>A task that is done when the message is accepted.</returns>
    [EditorBrowsable(EditorBrowsableState.Advanced)]
    ValueTask DispatchPostAsync<TMessage>(TMessage message, LateCallOptions options, CancellationToken cancellationToken);
}
