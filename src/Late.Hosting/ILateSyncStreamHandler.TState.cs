namespace Late.Hosting;

/// <summary>
/// Takes a request from <c>client.StreamAsync(request)</c>, which has many replies, in a callback that awaits nothing: the synchronous sibling of
/// <see cref="ILateStreamHandler{TState, TRequest, TItem}"/>.
/// </summary>
/// <typeparam name="TState">The handler's state.</typeparam>
/// <typeparam name="TRequest">The request.</typeparam>
/// <typeparam name="TItem">The type of its replies.</typeparam>
public interface ILateSyncStreamHandler<TState, TRequest, TItem> : ILateStreamHandler<TRequest, TItem>, ILateHandler<TState>
    where TRequest : ILateStreamRequest<TRequest, TItem>
{
    /// <summary>
    /// Handles one request. Keep the stream, in <see cref="LatePendingCalls"/> under an id, and write its items from any later callback until it
    /// is completed. An exception goes to the reader.
    /// </summary>
    /// <remarks><inheritdoc cref="ILateStreamHandler{TState, TRequest, TItem}.HandleStreamAsync" path="/remarks"/></remarks>
    /// <param name="request">The request.</param>
    /// <param name="stream">Where its items are written.</param>
    /// <param name="state">The state.</param>
    /// <returns>What follows.</returns>
    LateResult<TState> HandleStream(TRequest request, LateStream<TItem> stream, TState state);

    ValueTask ILateStreamHandler<TRequest, TItem>.HandleAsync(IHandlerState state, TRequest request, LateStream<TItem> stream)
    {
        var typed = (IHandlerState<TState>)state;
        return typed.ApplyAsync(HandleStream(request, stream, typed.Current));
    }
}
