using Late.Hosting.Connection.Callbacks;

namespace Late.Hosting;

/// <summary>
/// Says that a handler takes a message, whatever its state: the constraint that makes an unhandled message an error of
/// the compiler. Implement <see cref="ILateInfoHandler{TState, TMessage}"/>, not this.
/// </summary>
/// <typeparam name="TMessage">The message.</typeparam>
public interface ILateInfoHandler<TMessage>
{
    /// <summary>Begins the callback on the runner that knows the state's type.</summary>
    internal void Begin(Runner runner, TMessage message);
}
