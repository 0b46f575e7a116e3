using System.ComponentModel;

namespace Late.Hosting;

/// <summary>A connection as the application sees it. Everything here is safe for use from many threads.</summary>
public interface ILateClient
{
    /// <summary>The connection's name.</summary>
    string Name { get; }

    /// <summary>The connection's state now, since when and why.</summary>
    LateConnectionStatus Status { get; }

    /// <summary>The connection's state now.</summary>
    LateConnectionState State => Status.State;

    /// <summary>Waits until the connection is ready; done at once where it is.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A task that is done when the connection is ready.</returns>
    /// <exception cref="LateFaultedException">The connection has given up.</exception>
    /// <exception cref="LateStoppedException">The connection is stopped or stopping.</exception>
    Task WaitForReadyAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// The connection's states: the present one first, then every change in order. Ends after
    /// <see cref="LateConnectionState.Stopped"/>, when the connection has ended for good; or after
    /// <see cref="LateConnectionState.Faulted"/>, when a supervisor has forgotten or replaced it.
    /// </summary>
    /// <param name="cancellationToken">Ends the enumeration.</param>
    /// <returns>The states, each once.</returns>
    IAsyncEnumerable<LateConnectionStatus> WatchAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Ends the session, or the wait for the next attempt, and connects anew without delay. Done when that is under way;
    /// <see cref="WaitForReadyAsync"/> waits for the new session.
    /// </summary>
    /// <param name="reason">Why; it is logged, and sent as the close frame's reason.</param>
    /// <param name="cancellationToken">Cancels it before it begins.</param>
    /// <returns>A task that is done when the old session takes no more work.</returns>
    /// <exception cref="LateFaultedException">The connection has given up.</exception>
    /// <exception cref="LateStoppedException">The connection is not started, stopped or stopping.</exception>
    Task ReconnectAsync(string reason, CancellationToken cancellationToken = default);

    /// <summary>The round trip of the last answered ping, of the keep-alive's too; null before the first.</summary>
    TimeSpan? RoundTrip { get; }

    /// <summary>
    /// Sends a ping (RFC 6455 §5.5.2) and waits for its pong, or that of a later ping, for at most
    /// <see cref="LateConnectionOptions.KeepAliveTimeout"/>.
    /// </summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The time from one to the other.</returns>
    /// <exception cref="LateDisconnectedException">There is no session, or it ended first.</exception>
    /// <exception cref="LateCallTimeoutException">There was no pong in time, or the ping could not be written in time.</exception>
    Task<TimeSpan> PingAsync(CancellationToken cancellationToken = default);

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

    /// <summary>What <c>PostAfter</c> comes down to, without the compiler's check.</summary>
    /// <typeparam name="TMessage">The message.</typeparam>
    /// <param name="delay">The delay.</param>
    /// <param name="message">The message.</param>
    /// <returns>Cancels the post when disposed.</returns>
    [EditorBrowsable(EditorBrowsableState.Advanced)]
    IDisposable DispatchPostAfter<TMessage>(TimeSpan delay, TMessage message);
}
