namespace Late.Hosting;

/// <summary>
/// The base of every handler, whatever its state. Derive from <see cref="LateHandler{TState}"/>, or implement
/// <see cref="ILateHandler{TState}"/>, not this.
/// </summary>
public interface ILateHandler
{
    /// <summary>The state's type; <see cref="ILateHandler{TState}"/> implements it.</summary>
    internal Type StateType { get; }

    /// <summary>Opens what has to know the state's type; <see cref="ILateHandler{TState}"/> implements it.</summary>
    internal TResult Open<TResult>(IHandlerOpener<TResult> opener);
}
