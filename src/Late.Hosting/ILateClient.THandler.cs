namespace Late.Hosting;

/// <summary>
/// The connection of a handler, to be injected wherever the application needs it. Calls and posts are extension methods
/// of <see cref="LateClientExtensions"/>, so that the compiler checks them against what the handler takes.
/// </summary>
/// <typeparam name="THandler">The handler.</typeparam>
public interface ILateClient<THandler> : ILateClient, ILateCaller<THandler>
    where THandler : ILateHandler;
