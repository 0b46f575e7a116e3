namespace Late.Hosting.Testing;

/// <summary>
/// What lets <see cref="LateHandlerTestExtensions"/> give the state of a handler in its own type. Use
/// <see cref="LateHandlerTest{THandler}"/>.
/// </summary>
/// <typeparam name="THandler">The handler.</typeparam>
public interface ILateHandlerTest<out THandler>
    where THandler : ILateHandler
{
    /// <summary>The handler's state.</summary>
    internal IHandlerState HandlerState { get; }
}
