using System.Diagnostics.CodeAnalysis;
using Late.Hosting.Configuration;
using Late.Hosting.Connection;
using Late.Hosting.Connection.Callbacks;
using Late.Hosting.Connection.Lifecycle;
using Late.Hosting.Diagnostics;
using Late.Hosting.Observability;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Late.Hosting.Supervision;

/// <summary>Keeps the connections of one handler that are started at run time.</summary>
internal sealed class Supervisor<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] THandler>(
    string name, SupervisedFactory<THandler> factory, CurrentOptions<LateSupervisorOptions> options, StopShares shares, SupervisorLog log)
    : ILateSupervisor<THandler>, IConnectionSource, IHostedService, IStopped, IDisposable
    where THandler : class, ILateHandler
{
    private readonly SupervisedKeys<THandler> _keys = new(name, () => options.Value);

    public string Name => name;

    // They stop concurrently.
    public TimeSpan StopBudget => _keys.All.Select(static connection => connection.StopBudget).DefaultIfEmpty().Max();

    public IReadOnlyDictionary<string, ILateClient<THandler>> Connections =>
        _keys.All.ToDictionary(static connection => connection.Key, static connection => connection.Client, StringComparer.Ordinal);

    string IConnectionSource.HandlerName { get; } = TypeName.Of<THandler>();

    bool IConnectionSource.MeasuresEach => options.Value.MetricsPerConnection;

    IReadOnlyList<DirectoryEntry> IConnectionSource.Look(out Traffic gone) => _keys.Look(out gone);

    public async Task<ILateClient<THandler>> StartAsync(
        string key, Action<LateConnectionOptions>? configure, Func<IServiceProvider, THandler>? create, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(key);
        cancellationToken.ThrowIfCancellationRequested();
        while (true)
        {
            var connection = factory.Create(key, configure, create);
            if (_keys.TryAdd(connection, replacesEnded: true, out var other))
            {
                return await BeginAsync(connection, cancellationToken).ConfigureAwait(false);
            }

            if (!other.IsEnding || _keys.IsStopping(other))
            {
                throw new LateKeyInUseException(connection.Context.Name,
                    $"Connection '{connection.Context.Name}' already exists and is {other.Client.State}. Use GetOrStartAsync to get it, or stop it first.");
            }

            ThrowIfInside(other);
            await other.Ended.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    public async Task<ILateClient<THandler>> GetOrStartAsync(
        string key, Action<LateConnectionOptions>? configure, Func<IServiceProvider, THandler>? create, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(key);
        cancellationToken.ThrowIfCancellationRequested();
        while (true)
        {
            if (_keys.Find(key) is not { } other)
            {
                var connection = factory.Create(key, configure, create);
                if (_keys.TryAdd(connection, replacesEnded: false, out other))
                {
                    return await BeginAsync(connection, cancellationToken).ConfigureAwait(false);
                }
            }

            // Its own callback may be what its start waits for.
            if (!_keys.IsStopping(other) && (CallbackScope.IsInside(other.Context) || await StartsAsync(other, cancellationToken).ConfigureAwait(false)))
            {
                return other.Client;
            }

            _keys.ThrowIfStopping(factory.NameOf(key));
            ThrowIfInside(other);
            await other.Stopped.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public bool TryGet(string key, [MaybeNullWhen(false)] out ILateClient<THandler> client)
    {
        ArgumentNullException.ThrowIfNull(key);
        client = _keys.Find(key)?.Client;
        return client is not null;
    }

    public async Task<bool> StopAsync(string key, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (_keys.BeginStop(key) is not { } connection)
        {
            return false;
        }

        await CallbackScope.RunOutside(connection.Context, () => StopAsync(connection, cancellationToken)).ConfigureAwait(false);
        return true;
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        shares.Add(this);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => StopAllAsync(SessionEnd.HostStopping, shares.Begin(this), cancellationToken);

    /// <summary>Stops connections that were not stopped, and does not wait for their end.</summary>
    public void Dispose() => _ = StopAllAsync(SessionEnd.HostDisposed, 1, CancellationToken.None).Observed();

    private Task StopAllAsync(SessionEnd end, double share, CancellationToken cancellationToken) => Task.WhenAll(_keys.StopAll().Select(connection =>
        CallbackScope.RunOutside(connection.Context, async () =>
        {
            await connection.StopAsync(end, share, cancellationToken).ConfigureAwait(false);
            connection.SetStopped();
        })));

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

    private static void ThrowIfInside(Supervised<THandler> connection)
    {
        if (CallbackScope.IsInside(connection.Context))
        {
            throw new InvalidOperationException(
                $"A callback of connection '{connection.Context.Name}' starts its own connection again, and would wait for itself. " +
                "Set LateSupervisorOptions.OnStop or OnFault to Restart, or start it from outside of its callbacks.");
        }
    }

    private async Task StopAsync(Supervised<THandler> connection, CancellationToken cancellationToken)
    {
        await connection.StopAsync(SessionEnd.SupervisorStopping, 1, cancellationToken).ConfigureAwait(false);
        _keys.Remove(connection);
        connection.SetStopped();
    }

    private async Task<ILateClient<THandler>> BeginAsync(Supervised<THandler> connection, CancellationToken cancellationToken)
    {
        if (connection.Context.Services.GetRequiredService<StopBudget>().BeginKey(name, StopLimits.Of(connection.Context.Options).Sum) is { } excess)
        {
            log.StopMayExceed(connection.Context.Name, excess.Connections, excess.Longest, excess.ShutdownTimeout, excess.Advice);
        }

        try
        {
            await connection.StartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            _keys.SetStopping(connection);
            await StopAsync(connection, CancellationToken.None).ConfigureAwait(false);
            throw;
        }

        _ = SuperviseAsync(connection);
        return connection.Client;
    }

    /// <summary>Waits for a connection to end by itself, and applies the options to its key.</summary>
    private async Task SuperviseAsync(Supervised<THandler> connection)
    {
        await connection.Ended.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_keys.IsStopping(connection))
        {
            return;
        }

        var onEnd = connection.Client.State == LateConnectionState.Faulted ? options.Value.OnFault : options.Value.OnStop;
        connection.Dispose();
        if (onEnd == LateEndBehavior.Remove)
        {
            _keys.Remove(connection);
            connection.Release();
        }
        else if (onEnd == LateEndBehavior.Restart)
        {
            await RestartAsync(connection).ConfigureAwait(false);
        }
    }

    private async Task RestartAsync(Supervised<THandler> connection)
    {
        connection.Entry.Restarts = true;
        var restarts = connection.Age >= connection.Context.Options.Reconnect.StableAfter ? 0 : connection.Restarts;
        while (true)
        {
            var options = connection.Context.Options.Reconnect;
            var delay = RestartDelay.Next(options.BaseDelay, options.MaxDelay, restarts++, connection.Context.Randomizer);
            log.Restarts(connection.Context.Name, delay.TotalSeconds);
            await connection.Stopped.WaitAsync(delay, connection.Context.Time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!_keys.IsCurrent(connection))
            {
                return;
            }

            try
            {
                var next = connection.CreateNext();
                if (!_keys.TryReplace(connection, next))
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
                log.RestartFailed(connection.Context.Name, exception is LateException ? LateException.WithoutName(connection.Context.Name, exception.Message) : $"Its start threw {TypeName.Of(exception.GetType())}.", connection.Context.Errors.Loggable(exception));
                connection.Dispose();
            }
        }

        // Not awaited: a connection that restarts repeatedly would keep all its predecessors.
        _ = SuperviseAsync(connection);
    }
}
