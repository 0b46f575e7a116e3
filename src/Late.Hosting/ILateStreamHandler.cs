namespace Late.Hosting;

/// <summary>
/// Declares that a handler accepts a request with many replies, whatever its state: the constraint that makes an unhandled request an error of
/// the compiler. Implement <see cref="ILateStreamHandler{TState, TRequest, TItem}"/> or
/// <see cref="ILateSyncStreamHandler{TState, TRequest, TItem}"/>, not this.
/// </summary>
/// <typeparam name="TRequest">The request.</typeparam>
/// <typeparam name="TItem">The type of its replies.</typeparam>
public interface ILateStreamHandler<TRequest, TItem>
    where TRequest : ILateStreamRequest<TRequest, TItem>
{
    /// <summary>Runs the callback with the handler's state, and applies its result.</summary>
    internal ValueTask HandleAsync(IHandlerState state, TRequest request, LateStream<TItem> stream);
}
