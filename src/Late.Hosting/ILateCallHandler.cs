namespace Late.Hosting;

/// <summary>
/// Declares that a handler accepts a request, whatever its state: the constraint that makes an unhandled request an error of
/// the compiler. Implement <see cref="ILateCallHandler{TState, TRequest, TReply}"/> or
/// <see cref="ILateSyncCallHandler{TState, TRequest, TReply}"/>, not this.
/// </summary>
/// <typeparam name="TRequest">The request.</typeparam>
/// <typeparam name="TReply">Its reply.</typeparam>
public interface ILateCallHandler<TRequest, TReply>
{
    /// <summary>Runs the callback with the handler's state, and applies its result.</summary>
    internal ValueTask HandleAsync(IHandlerState state, TRequest request, LateCall<TReply> call);
}
