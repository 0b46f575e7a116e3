using System.Diagnostics.CodeAnalysis;
using Late.Hosting.Testing.Harness;

namespace Late.Hosting.Testing;

/// <summary>
/// Tests a handler without a network: the test feeds it connects, messages, calls, posts and disconnects, and sees what
/// comes out. What runs the handler is the library itself, so states, calls and ends are as in an application.
/// </summary>
/// <example>
/// <code>
/// await using var test = await LateHandlerTest.ConnectAsync(new EchoHandler());
/// await test.ReceiveAsync("hello");
/// Assert.Equal(["hello"], test.SentTexts);
/// </code>
/// </example>
public static class LateHandlerTest
{
    private const DynamicallyAccessedMemberTypes Needed = DynamicallyAccessedMemberTypes.PublicConstructors | DynamicallyAccessedMemberTypes.Interfaces;

    /// <summary>Starts a handler: <c>Init</c> and <c>HandleConnecting</c> have run, and the connection is not open yet.</summary>
    /// <typeparam name="THandler">The handler.</typeparam>
    /// <param name="handler">The handler; a new life after a fault, or after an error with <c>HandlerErrors = Restart</c>, uses it again.</param>
    /// <param name="configure">Changes the options. There is no network that could be slow: keep-alive and <c>ConnectTimeout</c> are long.</param>
    /// <param name="clock">The clock of the connection; null for one of its own.</param>
    /// <param name="services">What <see cref="LateContext.CallbackServices"/> has its scopes from, which the caller disposes; null where the handler does not use it.</param>
    /// <returns>The test. What <c>Init</c> throws is thrown here.</returns>
    public static Task<LateHandlerTest<THandler>> StartAsync<[DynamicallyAccessedMembers(Needed)] THandler>(
        THandler handler, Action<LateConnectionOptions>? configure = null, LateTestClock? clock = null, IServiceProvider? services = null)
        where THandler : class, ILateHandler
    {
        ArgumentNullException.ThrowIfNull(handler);
        return StartAsync<THandler>(_ => handler, configure, clock, services);
    }

    /// <summary>Starts a handler that takes a client of its own connection, to post to itself.</summary>
    /// <typeparam name="THandler">The handler.</typeparam>
    /// <param name="create">Makes the handler of each life, with its client.</param>
    /// <param name="configure">Changes the options.</param>
    /// <param name="clock">The clock of the connection; null for one of its own.</param>
    /// <param name="services">What <see cref="LateContext.CallbackServices"/> has its scopes from, which the caller disposes; null where the handler does not use it.</param>
    /// <returns>The test. What <c>Init</c> throws is thrown here.</returns>
    public static async Task<LateHandlerTest<THandler>> StartAsync<[DynamicallyAccessedMembers(Needed)] THandler>(
        Func<ILateClient<THandler>, THandler> create, Action<LateConnectionOptions>? configure = null, LateTestClock? clock = null, IServiceProvider? services = null)
        where THandler : class, ILateHandler
    {
        ArgumentNullException.ThrowIfNull(create);
        var connection = HandlerSetup.Create(create, configure, clock ?? new LateTestClock(), services);
        try
        {
            await connection.StartAsync().ConfigureAwait(false);
            return new LateHandlerTest<THandler>(connection);
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Starts a handler and connects it: <c>Init</c>, <c>HandleConnecting</c> and <c>HandleConnect</c> have run.</summary>
    /// <inheritdoc cref="StartAsync{THandler}(THandler, Action{LateConnectionOptions}, LateTestClock, IServiceProvider)"/>
    public static Task<LateHandlerTest<THandler>> ConnectAsync<[DynamicallyAccessedMembers(Needed)] THandler>(
        THandler handler, Action<LateConnectionOptions>? configure = null, LateTestClock? clock = null, IServiceProvider? services = null)
        where THandler : class, ILateHandler
    {
        ArgumentNullException.ThrowIfNull(handler);
        return ConnectAsync<THandler>(_ => handler, configure, clock, services);
    }

    /// <summary>Starts a handler that takes a client of its own connection, and connects it.</summary>
    /// <inheritdoc cref="StartAsync{THandler}(Func{ILateClient{THandler}, THandler}, Action{LateConnectionOptions}, LateTestClock, IServiceProvider)"/>
    public static async Task<LateHandlerTest<THandler>> ConnectAsync<[DynamicallyAccessedMembers(Needed)] THandler>(
        Func<ILateClient<THandler>, THandler> create, Action<LateConnectionOptions>? configure = null, LateTestClock? clock = null, IServiceProvider? services = null)
        where THandler : class, ILateHandler
    {
        var test = await StartAsync(create, configure, clock, services).ConfigureAwait(false);
        try
        {
            await test.ConnectAsync().ConfigureAwait(false);
            return test;
        }
        catch
        {
            await test.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }
}
