using Late.Hosting.Connection.Lifecycle;
using Late.Hosting.Connection.Reconnecting;
using Microsoft.Extensions.Hosting;

namespace Late.Hosting.Connection;

/// <summary>
/// Runs a connection life after life: the first, those that follow faults (promise P15), and with a lease those that begin each time that this host
/// has it (promise P21).
/// </summary>
/// <param name="connection">What its parts share.</param>
/// <param name="life">The present life.</param>
/// <param name="reconnect">Makes the pipelines that run attempts.</param>
/// <param name="host">The host.</param>
internal sealed class LivesRun(ConnectionContext connection, PresentLife life, ReconnectPipeline reconnect, IHostApplicationLifetime host)
{
    private readonly TaskCompletionSource<LateSessionOutcome> _firstFailure = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private LifeDelays? _delays;
    private volatile TaskCompletionSource _lifeEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Done when the present life has ended by a fault, and it is known whether and when the next begins by itself.</summary>
    public Task LifeEnded => _lifeEnded.Task;

    /// <summary>The present life.</summary>
    public PresentLife Life => life;

    /// <summary>The first attempt that failed.</summary>
    public Task<LateSessionOutcome> FirstFailure => _firstFailure.Task;

    /// <summary>Runs them all.</summary>
    /// <returns>What has ended the last.</returns>
    public async Task<LateTerminateReason> RunAsync(CancellationToken stopping)
    {
        try
        {
            if (!await TryStartAsync(stopping).ConfigureAwait(false) && connection.Tenure is not null)
            {
                // It has stood by: the handler was made, and none of its callbacks has run.
                var stop = Stop();
                await EndLifeAsync(stop).ConfigureAwait(false);
                return stop;
            }

            // The lives run here, and not in a method of their own: each that waits is kept in memory by every connection.
            LateTerminateReason end;
            do
            {
                life.Begin();
                var run = new LifeRun(connection, life, reconnect, _firstFailure);
                end = await run.RunAsync(stopping).ConfigureAwait(false);
                await EndAsync(run, end).ConfigureAwait(false);
            }
            while (end.Kind switch
            {
                LateTerminateKind.Faulted => await BeginNextLifeAsync(stopping).ConfigureAwait(false),
                LateTerminateKind.LeaseLost => await StandByAsync(stopping).ConfigureAwait(false),
                _ => false,
            });

            return end;
        }
        finally
        {
            await EndTermAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Ends a life: nothing of its handler runs after it.</summary>
    public async Task EndLifeAsync(LateTerminateReason end)
    {
        await life.EndAsync(end).ConfigureAwait(false);
        if (end.Kind != LateTerminateKind.LeaseLost && !connection.Lifecycle.Current.IsRestarting)
        {
            connection.Log.Stopped(connection.Name, LateException.WithoutName(connection.Name, end.Description));
        }
    }

    /// <summary>A life has ended, or is to end by a fault, and with it the time in which this host owned the connection.</summary>
    private async Task EndAsync(LifeRun run, LateTerminateReason end)
    {
        if (end.Kind == LateTerminateKind.Faulted)
        {
            connection.Effects.Run(connection.Lifecycle.Fault(end.Description, end.Exception, run.HasPermanentCode));
        }

        await EndLifeAsync(end).ConfigureAwait(false);
        if (run.WasStable)
        {
            _delays?.StartOver();
        }

        if (end.Kind == LateTerminateKind.LeaseLost)
        {
            // Before the release: a store that does not answer takes its time.
            connection.Effects.Run(connection.Lifecycle.StandBy(end.Description));
        }

        await EndTermAsync().ConfigureAwait(false);
    }

    /// <summary>Begins a life: where there is a lease, when this host has it.</summary>
    /// <returns>False where the connection stops.</returns>
    private async Task<bool> TryStartAsync(CancellationToken stopping)
    {
        try
        {
            if (connection.Tenure is { } tenure)
            {
                await tenure.BeginAsync(stopping).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return false;
        }

        return connection.Effects.Run(connection.Lifecycle.Life == LifePhase.Faulted ? connection.Lifecycle.Revive() : connection.Lifecycle.Start());
    }

    /// <summary>After the lease ended early or was lost, waits for it and begins the next life.</summary>
    /// <returns>False where none follows.</returns>
    private async Task<bool> StandByAsync(CancellationToken stopping)
    {
        // HandleTerminate may still run, where it was no longer waited for: no callback of the next life runs concurrently with it (promise P1).
        await life.Parts!.Ended.WaitAsync(stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (stopping.IsCancellationRequested || !await TryStartAsync(stopping).ConfigureAwait(false))
        {
            connection.Log.Stopped(connection.Name, LateException.WithoutName(connection.Name, Stop().Description));
            return false;
        }

        if (life.TryMakeNext() is not { } fault)
        {
            return true;
        }

        connection.Effects.Run(connection.Lifecycle.Fault(fault.Description, fault.Exception));
        await EndTermAsync().ConfigureAwait(false);
        return await BeginNextLifeAsync(stopping).ConfigureAwait(false);
    }

    private LateTerminateReason Stop()
    {
        connection.Effects.Run(connection.Lifecycle.Stop(connection.Lifecycle.StopEnd));
        return new LateTerminateReason(connection.Lifecycle.StoppedBy, connection.Lifecycle.Current.Reason);
    }

    private Task EndTermAsync() => connection.Tenure?.EndAsync(life.Signals.Ended.Token) ?? Task.CompletedTask;

    /// <summary>After a fault, waits for the next life and begins it.</summary>
    /// <returns>False where none follows.</returns>
    private async Task<bool> BeginNextLifeAsync(CancellationToken stopping)
    {
        if (connection.Options.OnFault == LateFaultBehavior.StopHost)
        {
            host.StopApplication();
        }

        _delays ??= new LifeDelays(connection);
        while (connection.Lifecycle.MayRevive && await _delays.WaitAsync(life.Parts!.Ended, _lifeEnded.SetResult, stopping).ConfigureAwait(false) && await TryReviveAsync(stopping).ConfigureAwait(false))
        {
            if (life.TryMakeNext() is not { } fault)
            {
                return true;
            }

            connection.Effects.Run(connection.Lifecycle.Fault(fault.Description, fault.Exception));
            await EndTermAsync().ConfigureAwait(false);
        }

        connection.Lifecycle.EndLives();
        return false;
    }

    private Task<bool> TryReviveAsync(CancellationToken stopping)
    {
        _lifeEnded = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return TryStartAsync(stopping);
    }
}
