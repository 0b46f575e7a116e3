using System.Diagnostics.CodeAnalysis;
using Late.Hosting.Configuration;
using Late.Hosting.Connection;
using Late.Hosting.Diagnostics;
using Microsoft.Extensions.Hosting;

namespace Late.Hosting.Supervision;

/// <summary>Keeps the connections of one handler that are started at run time: one dictionary, and a lock around it.</summary>
internal sealed class Supervisor<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] THandler>(
    string name, SupervisedFactory<THandler> factory, ReloadedOptions<LateSupervisorOptions> options, SupervisorLog log)
    : ILateSupervisor<THandler>, IConnectionSource, IHostedService
    where THandler : class, ILateHandler
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Supervised<THandler>> _connections = new(StringComparer.Ordinal);
    private Traffic _gone;
    private bool _isStopping;

    public string Name => name;

    public IReadOnlyDictionary<string, ILateClient<THandler>> Connections
    {
        get
        {
            lock (_gate)
            {
                return _connections.ToDictionary(static connection => connection.Key, static connection => connection.Value.Client, StringComparer.Ordinal);
            }
        }
    }

    bool IConnectionSource.MeasuresEach => options.Current.MetricsPerConnection;

    IReadOnlyList<ConnectionCore> IConnectionSource.Look(out Traffic gone)
    {
        lock (_gate)
        {
            gone = _gone;
            return [.. _connections.Values.Select(static connection => connection.Core)];
        }
    }

    public async Task<ILateClient<THandler>> StartAsync(
        string key, Action<LateConnectionOptions>? configure, IReadOnlyList<object>? arguments, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(key);
        cancellationToken.ThrowIfCancellationRequested();
        while (true)
        {
            var connection = factory.Create(key, configure, arguments ?? []);
            if (TryAdd(connection, replacesEnded: true, out var other))
            {
                return await BeginAsync(connection, cancellationToken).ConfigureAwait(false);
            }

            if (!other.IsEnding || IsStopping(other))
            {
                throw new LateKeyInUseException(connection.Core.Name,
                    $"There is a connection '{connection.Core.Name}' already; it is {other.Client.State}. Use GetOrStartAsync for the one that there is, or stop it before.");
            }

            await other.Ended.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    public async Task<ILateClient<THandler>> GetOrStartAsync(
        string key, Action<LateConnectionOptions>? configure, IReadOnlyList<object>? arguments, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(key);
        cancellationToken.ThrowIfCancellationRequested();
        while (true)
        {
            if (Find(key) is not { } other)
            {
                var connection = factory.Create(key, configure, arguments ?? []);
                if (TryAdd(connection, replacesEnded: false, out other))
                {
                    return await BeginAsync(connection, cancellationToken).ConfigureAwait(false);
                }
            }

            if (!IsStopping(other) && await StartsAsync(other, cancellationToken).ConfigureAwait(false))
            {
                return other.Client;
            }

            ThrowIfStopping(key);
            await other.Stopped.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public bool TryGet(string key, [MaybeNullWhen(false)] out ILateClient<THandler> client)
    {
        ArgumentNullException.ThrowIfNull(key);
        client = Find(key)?.Client;
        return client is not null;
    }

    public async Task<bool> StopAsync(string key, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(key);
        Supervised<THandler>? connection;
        lock (_gate)
        {
            if (!_connections.TryGetValue(key, out connection))
            {
                return false;
            }

            connection.IsStopping = true;
        }

        await StopAsync(connection, cancellationToken).ConfigureAwait(false);
        return true;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken)
    {
        Supervised<THandler>[] all;
        lock (_gate)
        {
            _isStopping = true;
            all = [.. _connections.Values];
            Array.ForEach(all, static connection => connection.IsStopping = true);
        }

        return Task.WhenAll(all.Select(async connection =>
        {
            await connection.StopAsync(SessionEnd.HostStopping, cancellationToken).ConfigureAwait(false);
            connection.SetStopped();
        }));
    }

    private Supervised<THandler>? Find(string key)
    {
        lock (_gate)
        {
            return _connections.GetValueOrDefault(key);
        }
    }

    private bool IsStopping(Supervised<THandler> connection)
    {
        lock (_gate)
        {
            return connection.IsStopping;
        }
    }

    /// <summary>Waits for the start that another caller has begun.</summary>
    /// <returns>False where that caller has given it up.</returns>
    private static async Task<bool> StartsAsync(Supervised<THandler> connection, CancellationToken cancellationToken)
    {
        try
        {
            await connection.Started.WaitAsync(cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private void ThrowIfStopping(string key)
    {
        lock (_gate)
        {
            if (_isStopping)
            {
                throw ConnectionFailure.Stopped.ToException(factory.NameOf(key), LateDelivery.NotDelivered);
            }
        }
    }

    /// <summary>Takes a key, unless another connection has it; what was made for nothing is given back.</summary>
    private bool TryAdd(Supervised<THandler> connection, bool replacesEnded, [NotNullWhen(false)] out Supervised<THandler>? other)
    {
        var isAdded = false;
        try
        {
            lock (_gate)
            {
                ThrowIfStopping(connection.Key);
                if (_connections.TryGetValue(connection.Key, out other) && !(replacesEnded && other is { HasEnded: true, IsStopping: false }))
                {
                    return false;
                }

                if (other is null && _connections.Count >= options.Current.MaxConnections)
                {
                    throw new LateConnectionLimitException(connection.Core.Name,
                        $"Connection '{connection.Core.Name}' was not started: supervisor '{name}' has {_connections.Count} connections, as many as MaxConnections allows. Stop one before.");
                }

                _gone += Traffic.Of(other?.Core);
                _connections[connection.Key] = connection;
                other?.LetGo();
                return isAdded = true;
            }
        }
        finally
        {
            if (!isAdded)
            {
                connection.Dispose();
            }
        }
    }

    private async Task StopAsync(Supervised<THandler> connection, CancellationToken cancellationToken)
    {
        await connection.StopAsync(SessionEnd.SupervisorStopping, cancellationToken).ConfigureAwait(false);
        Remove(connection);
        connection.SetStopped();
    }

    private void Remove(Supervised<THandler> connection)
    {
        lock (_gate)
        {
            if (_connections.GetValueOrDefault(connection.Key) == connection)
            {
                _gone += Traffic.Of(connection.Core);
                _connections.Remove(connection.Key);
            }
        }
    }

    private async Task<ILateClient<THandler>> BeginAsync(Supervised<THandler> connection, CancellationToken cancellationToken)
    {
        try
        {
            await connection.StartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            lock (_gate)
            {
                connection.IsStopping = true;
            }

            await StopAsync(connection, CancellationToken.None).ConfigureAwait(false);
            throw;
        }

        _ = SuperviseAsync(connection);
        return connection.Client;
    }

    /// <summary>Waits for the end of a connection that nobody has asked for, and does with its key what the options say.</summary>
    private async Task SuperviseAsync(Supervised<THandler> connection)
    {
        await connection.Ended.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        LateOnEnd onEnd;
        lock (_gate)
        {
            if (connection.IsStopping)
            {
                return;
            }

            onEnd = connection.Client.State == LateConnectionState.Faulted ? options.Current.OnFault : options.Current.OnStop;
        }

        connection.Dispose();
        if (onEnd == LateOnEnd.Forget)
        {
            Remove(connection);
            connection.LetGo();
        }
        else if (onEnd == LateOnEnd.StartAgain)
        {
            await StartAgainAsync(connection).ConfigureAwait(false);
        }
    }

    private async Task StartAgainAsync(Supervised<THandler> connection)
    {
        var restarts = connection.Age >= connection.Core.Options.Reconnect.StableAfter ? 0 : connection.Restarts;
        while (true)
        {
            var delay = RestartDelay.Next(connection.Core.Options.Reconnect, restarts++, connection.Core.Randomizer);
            log.StartsAgain(connection.Core.Name, delay.TotalSeconds);
            await connection.Stopped.WaitAsync(delay, connection.Core.Time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!IsCurrent(connection))
            {
                return;
            }

            try
            {
                var next = connection.MakeAgain();
                if (!TryReplace(connection, next))
                {
                    next.Dispose();
                    return;
                }

                connection = next;
                connection.Restarts = restarts;
                await connection.StartAsync(CancellationToken.None).ConfigureAwait(false);
                break;
            }
            catch (Exception exception)
            {
                // Whatever the start of a connection throws, its next start may not.
                log.RestartFailed(connection.Core.Name, exception.Message);
                connection.Dispose();
            }
        }

        await SuperviseAsync(connection).ConfigureAwait(false);
    }

    /// <summary>False where it was stopped or replaced.</summary>
    private bool IsCurrent(Supervised<THandler> connection)
    {
        lock (_gate)
        {
            return !_isStopping && !connection.IsStopping && _connections.GetValueOrDefault(connection.Key) == connection;
        }
    }

    /// <summary>Puts the next life of a connection in its place, unless it was stopped or replaced meanwhile.</summary>
    private bool TryReplace(Supervised<THandler> connection, Supervised<THandler> next)
    {
        lock (_gate)
        {
            if (!IsCurrent(connection))
            {
                return false;
            }

            _gone += Traffic.Of(connection.Core);
            _connections[connection.Key] = next;
            connection.LetGo();
            return true;
        }
    }
}
