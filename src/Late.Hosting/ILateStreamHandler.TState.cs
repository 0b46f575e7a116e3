namespace Late.Hosting;

/// <summary>
/// Takes a request from <c>client.StreamAsync(request)</c>, which has many replies.
/// <see cref="ILateSyncStreamHandler{TState, TRequest, TItem}"/> is its synchronous sibling.
/// </summary>
/// <typeparam name="TState">The handler's state.</typeparam>
/// <typeparam name="TRequest">The request.</typeparam>
/// <typeparam name="TItem">The type of its replies.</typeparam>
public interface ILateStreamHandler<TState, TRequest, TItem> : ILateStreamHandler<TRequest, TItem>, ILateHandler<TState>
    where TRequest : ILateStreamRequest<TRequest, TItem>
{
    /// <summary>
    /// Handles one request. Keep the stream, in <see cref="LatePendingCalls"/> under an id, and write its items from any later callback until it
    /// is completed. An exception goes to the reader.
    /// </summary>
    /// <remarks>
    /// A stream is a call with many replies: it is admitted, waits and takes a slot as one, and ends with its session. Where its reader leaves it, its
    /// token is canceled, its time passes or its buffer is full, <see cref="ILateCallEndHandler{TState, TRequest}"/> is notified, whose
    /// frames inform the server.
    /// </remarks>
    /// <param name="request">The request.</param>
    /// <param name="stream">Where its items are written.</param>
    /// <param name="state">The state.</param>
    /// <param name="cancellationToken">Canceled while the connection stops.</param>
    /// <returns>What follows.</returns>
    ValueTask<LateResult<TState>> HandleStreamAsync(TRequest request, LateStream<TItem> stream, TState state, CancellationToken cancellationToken);

    ValueTask ILateStreamHandler<TRequest, TItem>.HandleAsync(IHandlerState state, TRequest request, LateStream<TItem> stream)
    {
        var typed = (IHandlerState<TState>)state;
        return typed.ApplyAsync(HandleStreamAsync(request, stream, typed.Current, typed.CallbackToken));
    }
}
