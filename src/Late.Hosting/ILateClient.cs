using System.ComponentModel;

namespace Late.Hosting;

/// <summary>
/// A connection of this process as the application sees it: an <see cref="ILateCaller"/> that also shows the connection's state. All
/// members are safe for concurrent use.
/// </summary>
public interface ILateClient : ILateCaller
{
    /// <summary>The connection's state now, since when and why.</summary>
    LateConnectionStatus Status { get; }

    /// <summary>The connection's state now.</summary>
    LateConnectionState State => Status.State;

    /// <summary>
    /// Waits until the connection is ready; completes synchronously where it is. A fault that <see cref="LateFaultBehavior.Restart"/>
    /// follows does not end the wait: it continues into the new life.
    /// </summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A task that completes when the connection is ready.</returns>
    /// <exception cref="LateFaultedException">The connection has failed permanently, and no new life follows by itself.</exception>
    /// <exception cref="LateStoppedException">The connection is stopped or stopping.</exception>
    Task WaitForReadyAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// The connection's states: the present one first, then every change in order. Ends after
    /// <see cref="LateConnectionState.Stopped"/>, when the connection has ended permanently; or after
    /// <see cref="LateConnectionState.Faulted"/>, when a supervisor has removed or replaced it.
    /// </summary>
    /// <param name="cancellationToken">Ends the enumeration.</param>
    /// <returns>The states, each once.</returns>
    IAsyncEnumerable<LateConnectionStatus> WatchAsync(CancellationToken cancellationToken = default);

    /// <summary>The round-trip time of the last answered ping, those of the keep-alive included; null before the first.</summary>
    TimeSpan? RoundTrip { get; }

    /// <summary>
    /// Sends a ping (RFC 6455 §5.5.2) and waits for its pong, or that of a later ping, for at most
    /// <see cref="LateConnectionOptions.KeepAliveTimeout"/>.
    /// </summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The round-trip time.</returns>
    /// <exception cref="LateDisconnectedException">There is no session, or it ended first.</exception>
    /// <exception cref="LateCallTimeoutException">There was no pong in time, or the ping could not be written in time.</exception>
    Task<TimeSpan> PingAsync(CancellationToken cancellationToken = default);

    /// <summary>The implementation of <c>PostAfter</c>, without the compiler's check.</summary>
    /// <typeparam name="TMessage">The message.</typeparam>
    /// <param name="delay">The delay.</param>
    /// <param name="message">The message.</param>
    /// <param name="options">Where it is handled.</param>
    /// <returns>Cancels the post when disposed.</returns>
    [EditorBrowsable(EditorBrowsableState.Advanced)]
    IDisposable DispatchPostAfter<TMessage>(TimeSpan delay, TMessage message, LatePostOptions options);

    /// <summary>
    /// The implementation of <c>SubscribeAsync</c>, without the compiler's check that the handler accepts the topic. A fake of this interface
    /// implements it where the code under test subscribes, with a <c>LateTestTopic</c> of <c>Late.Hosting.Testing</c>; an application calls <c>SubscribeAsync</c>.
    /// </summary>
    /// <typeparam name="TTopic">The topic.</typeparam>
    /// <typeparam name="TItem">The type of its items.</typeparam>
    /// <param name="topic">The topic.</param>
    /// <param name="options">How the reader subscribes, and what follows when it is slow.</param>
    /// <param name="cancellationToken">Ends the wait, and leaves the topic.</param>
    /// <returns>The reader.</returns>
    /// <exception cref="NotSupportedException">The client is a fake that does not implement it.</exception>
    [EditorBrowsable(EditorBrowsableState.Advanced)]
    Task<LateSubscription<TItem>> DispatchSubscribeAsync<TTopic, TItem>(TTopic topic, LateSubscribeOptions options, CancellationToken cancellationToken)
        where TTopic : ILateTopic<TTopic, TItem> =>
        throw new NotSupportedException($"The client of connection '{Name}' is a fake without topics. Implement DispatchSubscribeAsync.");

    /// <summary>
    /// The implementation of <c>StreamAsync</c>, without the compiler's check that the handler accepts the request. A fake of this interface
    /// implements it where the code under test reads streams; an application calls <c>StreamAsync</c>.
    /// </summary>
    /// <typeparam name="TRequest">The request.</typeparam>
    /// <typeparam name="TItem">The type of its replies.</typeparam>
    /// <param name="request">The request.</param>
    /// <param name="options">How the stream is requested, and what follows when its reader is slow.</param>
    /// <param name="cancellationToken">Ends the enumeration, and the stream.</param>
    /// <returns>The items.</returns>
    /// <exception cref="NotSupportedException">The client is a fake that does not implement it.</exception>
    [EditorBrowsable(EditorBrowsableState.Advanced)]
    IAsyncEnumerable<TItem> DispatchStreamAsync<TRequest, TItem>(TRequest request, LateStreamOptions options, CancellationToken cancellationToken)
        where TRequest : ILateStreamRequest<TRequest, TItem> =>
        throw new NotSupportedException($"The client of connection '{Name}' is a fake without streams. Implement DispatchStreamAsync.");
}
