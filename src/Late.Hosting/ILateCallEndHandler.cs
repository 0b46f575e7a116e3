namespace Late.Hosting;

/// <summary>
/// Declares that a handler is notified of the end of calls, whatever its state. Implement
/// <see cref="ILateCallEndHandler{TState, TRequest}"/> or <see cref="ILateSyncCallEndHandler{TState, TRequest}"/>, not this.
/// </summary>
/// <typeparam name="TRequest">The request.</typeparam>
public interface ILateCallEndHandler<TRequest>
{
    /// <summary>Runs the callback with the handler's state, and applies its result.</summary>
    internal ValueTask HandleAsync(IHandlerState state, LateCallEnd<TRequest> end);
}
