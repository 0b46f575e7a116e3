using Late.Hosting.Connection.Callbacks;

namespace Late.Hosting.Testing;

/// <summary>
/// What lets <see cref="LateHandlerTestExtensions"/> give the state of a handler in its own type. Use
/// <see cref="LateHandlerTest{THandler}"/>.
/// </summary>
/// <typeparam name="THandler">The handler.</typeparam>
public interface ILateHandlerTest<out THandler>
    where THandler : ILateHandler
{
    /// <summary>The runner, which has the state.</summary>
    internal Runner Runner { get; }
}
