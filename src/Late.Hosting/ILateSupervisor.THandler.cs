using System.Diagnostics.CodeAnalysis;

namespace Late.Hosting;

/// <summary>
/// Starts and stops connections of one handler while the application runs, each under a key: one for each device, account or
/// market. Every connection has a handler of its own. The stop of the host ends all of them.
/// </summary>
/// <remarks>
/// The options of a connection are those of the section <c>Late:{Name}</c>, then what the delegate given to
/// <c>AddLateSupervisor</c> changes, then what that given to <see cref="StartAsync"/> changes. A reload of the configuration
/// reaches connections that run.
/// </remarks>
/// <typeparam name="THandler">The handler.</typeparam>
public interface ILateSupervisor<THandler>
    where THandler : class, ILateHandler
{
    /// <summary>The supervisor's name; its connections are called <c>{Name}/{key}</c>, also in logs.</summary>
    string Name { get; }

    /// <summary>
    /// The keys and their connections as they are now, each with its <see cref="ILateClient.State"/>: a copy, which does not change.
    /// </summary>
    IReadOnlyDictionary<string, ILateClient<THandler>> Connections { get; }

    /// <summary>
    /// Starts a connection. A key whose connection has ended by itself, and was kept, may be used again: the old one is removed.
    /// </summary>
    /// <param name="key">The key. It is shown in logs and metrics, so let it hold no secret.</param>
    /// <param name="configure">Changes the options of this connection; it is called again after a reload of the configuration.</param>
    /// <param name="create">
    /// Makes the handler, from the application's services and whatever it captures; null for a handler whose constructor takes services only. It is
    /// called again for a restart, and makes a new handler at each call. The handler is disposed with its connection.
    /// </param>
    /// <param name="cancellationToken">Ends the start, and with it the connection; has no effect once it has started.</param>
    /// <returns>
    /// The connection, when it has started: with <see cref="LateStartupMode.WaitForReady"/> and <see cref="LateStartupMode.FailFast"/>
    /// when it is ready, and by default immediately.
    /// </returns>
    /// <exception cref="LateKeyInUseException">There is a connection of this key.</exception>
    /// <exception cref="LateConnectionLimitException">There are <see cref="LateSupervisorOptions.MaxConnections"/> already.</exception>
    /// <exception cref="LateStoppedException">The supervisor is stopping.</exception>
    /// <exception cref="LateConnectException">The connection was not ready in time, and is removed.</exception>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">The options are wrong.</exception>
    Task<ILateClient<THandler>> StartAsync(
        string key, Action<LateConnectionOptions>? configure = null, Func<IServiceProvider, THandler>? create = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Returns the connection of a key, whatever its state, and starts one where there is none. Of several concurrent callers, one
    /// starts it, and all wait for its start.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="configure">Changes the options of a connection that is started.</param>
    /// <param name="create">Makes the handler of a connection that is started.</param>
    /// <param name="cancellationToken">Ends the wait, and the start where it began with this call.</param>
    /// <returns>The connection.</returns>
    /// <exception cref="LateConnectionLimitException">There are <see cref="LateSupervisorOptions.MaxConnections"/> already.</exception>
    /// <exception cref="LateStoppedException">The supervisor is stopping.</exception>
    /// <exception cref="LateConnectException">The connection was not ready in time, and is removed.</exception>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">The options are wrong.</exception>
    Task<ILateClient<THandler>> GetOrStartAsync(
        string key, Action<LateConnectionOptions>? configure = null, Func<IServiceProvider, THandler>? create = null, CancellationToken cancellationToken = default);

    /// <summary>Gets the connection of a key, whatever its state.</summary>
    /// <param name="key">The key.</param>
    /// <param name="client">The connection.</param>
    /// <returns>False where there is none.</returns>
    bool TryGet(string key, [MaybeNullWhen(false)] out ILateClient<THandler> client);

    /// <summary>
    /// Stops the connection of a key, as the host's stop would, and removes it. It ends within
    /// <see cref="LateConnectionOptions.CloseTimeout"/> and twice <see cref="LateConnectionOptions.CallbackGracePeriod"/>. Inside a callback of the same
    /// connection the stop begins and is not awaited: it continues when the callback has completed.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">When canceled, no callback is waited for any more.</param>
    /// <returns>False where there is no connection of this key.</returns>
    Task<bool> StopAsync(string key, CancellationToken cancellationToken = default);
}
