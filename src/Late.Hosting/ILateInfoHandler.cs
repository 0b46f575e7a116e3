namespace Late.Hosting;

/// <summary>
/// Declares that a handler accepts a message, whatever its state: the constraint that makes an unhandled message an error of
/// the compiler. Implement <see cref="ILateInfoHandler{TState, TMessage}"/> or
/// <see cref="ILateSyncInfoHandler{TState, TMessage}"/>, not this.
/// </summary>
/// <typeparam name="TMessage">The message.</typeparam>
public interface ILateInfoHandler<TMessage>
{
    /// <summary>Runs the callback with the handler's state, and applies its result.</summary>
    internal ValueTask HandleAsync(IHandlerState state, TMessage message);
}
