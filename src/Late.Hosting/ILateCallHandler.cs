using Late.Hosting.Connection.Callbacks;

namespace Late.Hosting;

/// <summary>
/// Says that a handler takes a request, whatever its state: the constraint that makes an unhandled request an error of
/// the compiler. Implement <see cref="ILateCallHandler{TState, TRequest, TReply}"/>, not this.
/// </summary>
/// <typeparam name="TRequest">The request.</typeparam>
/// <typeparam name="TReply">Its reply.</typeparam>
public interface ILateCallHandler<TRequest, TReply>
{
    /// <summary>Begins the callback on the runner that knows the state's type.</summary>
    internal void Begin(Runner runner, TRequest request, LateCall<TReply> call);
}
