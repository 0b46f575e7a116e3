using Late.Hosting.Connection;
using Late.Hosting.Connection.Callbacks;

namespace Late.Hosting;

/// <summary>
/// The base of every handler, whatever its state. Implement <see cref="ILateHandler{TState}"/>, not this.
/// </summary>
public interface ILateHandler
{
    /// <summary>Opens the runner that knows the state's type; <see cref="ILateHandler{TState}"/> implements it.</summary>
    internal Runner OpenRunner(ConnectionContext connection);
}
