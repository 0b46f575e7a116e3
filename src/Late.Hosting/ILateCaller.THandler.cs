namespace Late.Hosting;

/// <summary>
/// Calls the handler of a connection wherever it runs. Calls and posts are extension methods of <see cref="LateClientExtensions"/>, so
/// that the compiler checks them against what the handler takes. Inject it where the connection's state is of no interest.
/// </summary>
/// <typeparam name="THandler">The handler.</typeparam>
public interface ILateCaller<THandler> : ILateCaller
    where THandler : ILateHandler;
