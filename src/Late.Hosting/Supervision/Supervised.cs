using Late.Hosting.Connection;
using Late.Hosting.Connection.Lifecycle;
using Late.Hosting.Diagnostics;
using Late.Hosting.Observability;

namespace Late.Hosting.Supervision;

/// <summary>One connection of a supervisor, from its start to its end.</summary>
internal sealed class Supervised<THandler>(string key, ConnectionContext context, ConnectionService service, ILateClient<THandler> client)
    where THandler : class, ILateHandler
{
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly long _madeAt = context.Time.GetTimestamp();

    public string Key { get; } = key;

    public ConnectionContext Context { get; } = context;

    public ILateClient<THandler> Client { get; } = client;

    /// <summary>The observable side of the connection.</summary>
    public required DirectoryEntry Entry { get; init; }

    /// <summary>Makes the same connection again.</summary>
    public required Func<Supervised<THandler>> CreateNext { get; init; }

    /// <summary>How often it was restarted after a short life.</summary>
    public int Restarts { get; set; }

    /// <summary>The supervisor stops it; written and read under the supervisor's lock.</summary>
    public bool IsStopping { get; set; }

    /// <summary>It has run, and nothing of it runs any more.</summary>
    public bool HasEnded => service.ExecuteTask is { IsCompleted: true };

    /// <summary>The same, or it will be so in a moment.</summary>
    public bool IsEnding => service.ExecuteTask is not null && Client.State is LateConnectionState.Faulted or LateConnectionState.Stopped;

    /// <summary>How long its stop may take, as it is now.</summary>
    public TimeSpan StopBudget => service.StopBudget;

    public TimeSpan Age => Context.Time.GetElapsedTime(_madeAt);

    /// <summary>Done when the start is, and failed where the start is.</summary>
    public Task Started => _started.Task;

    /// <summary>Done when it was stopped and its key is free, or will never be again.</summary>
    public Task Stopped => _stopped.Task;

    /// <summary>Done when a connection that has begun has ended, by itself or by a stop.</summary>
    public Task Ended => service.ExecuteTask ?? Task.CompletedTask;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        // Its own token is for the whole life of a service, and not for the start alone.
        var starting = service.StartAsync(CancellationToken.None).Observed();
        _begun.SetResult();
        try
        {
            await starting.WaitAsync(cancellationToken).ConfigureAwait(false);
            _started.SetResult();
        }
        catch (Exception exception)
        {
            _started.SetException(exception);
            _ = _started.Task.Exception;
            throw;
        }
    }

    /// <summary>Stops it; where it is being stopped, the earliest of the limits counts.</summary>
    public async Task StopAsync(SessionEnd end, double share, CancellationToken limit)
    {
        await _begun.Task.ConfigureAwait(false);
        try
        {
            await service.StopAsync(end, share, limit).ConfigureAwait(false);
        }
        finally
        {
            Dispose();
        }
    }

    /// <summary>It has ended, and its key is free or in use by another: its watchers and waiters complete.</summary>
    public void Release()
    {
        Context.Effects.Run(Context.Lifecycle.Retire());
        SetStopped();
    }

    /// <summary>Completes the waits for its key.</summary>
    public void SetStopped() => _stopped.TrySetResult();

    /// <summary>Gives back what is registered for it elsewhere; its state can be looked at on.</summary>
    public void Dispose()
    {
        service.Dispose();
        Context.Settings.Dispose();
    }
}
