using System.Diagnostics;
using Late.Hosting.Configuration;
using Late.Hosting.Connection.Callbacks;
using Late.Hosting.Connection.Lifecycle;
using Late.Hosting.Connection.Reconnecting;
using Late.Hosting.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Late.Hosting.Connection;

/// <summary>Keeps one connection: starts it with the host, runs attempt after attempt, and stops it with the host.</summary>
internal sealed class ConnectionService(
    ConnectionContext connection, Func<ConnectionParts> makeParts, ReconnectPipeline reconnect, StopShares shares, IHostApplicationLifetime lifetime) : BackgroundService
{
    private readonly TaskCompletionSource<LateSessionOutcome> _firstFailure = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly StopSignals _signals = new();
    private StopLimits? _limits;
    private ConnectionParts? _parts;
    private CallbackMonitor? _monitor;
    private int _hasBegun;

    /// <summary>How long its stop may take, as it is now.</summary>
    public TimeSpan StopBudget => ExecuteTask is { IsCompleted: false } ? StopLimits.Of(connection.Options).Sum : TimeSpan.Zero;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        _parts = makeParts();
        connection.Settings.Changed += OnSettingsChanged;
        await base.StartAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await new StartupGate(connection, _firstFailure.Task).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await StopAsync(cancellationToken).ConfigureAwait(false);
            throw;
        }
    }

    public override Task StopAsync(CancellationToken cancellationToken) => StopAsync(connection.Lifecycle.StopEnd, shares.Begin(this), cancellationToken);

    /// <summary>Stops the connection; the first stop determines how its session ends.</summary>
    /// <param name="end">How it ends.</param>
    /// <param name="share">Its share of the time that its options allow; 1 for all of it.</param>
    /// <param name="cancellationToken">When canceled, nothing is waited for any more.</param>
    public Task StopAsync(SessionEnd end, double share, CancellationToken cancellationToken) =>
        CallbackScope.RunOutside(connection, () => StopOutsideAsync(end, share, cancellationToken));

    /// <summary>Stops a connection that was not stopped, and does not wait for its end.</summary>
    public override void Dispose()
    {
        if (ExecuteTask is { IsCompleted: false } && connection.Lifecycle.Life != LifePhase.Faulted)
        {
            _ = StopAsync(SessionEnd.HostDisposed, 1, CancellationToken.None).Observed();
        }

        base.Dispose();
    }

    private async Task StopOutsideAsync(SessionEnd end, double share, CancellationToken cancellationToken)
    {
        if (_parts is null)
        {
            // The host did not come to start it, or its handler could not be made.
            connection.Effects.Run(connection.Lifecycle.RequestStop(end));
            connection.Effects.Run(connection.Lifecycle.Finish(end.Description));
            return;
        }

        connection.Settings.Changed -= OnSettingsChanged;
        var limits = StopLimits.Of(connection.Options) * share;
        _limits = limits;
        var request = connection.Lifecycle.NoteStop(end with { CallbackWithin = limits.Callback, CloseWithin = limits.Close });
        var reason = request.Description;

        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var grace = StopGrace.Begin(connection.Time, _parts.Runner, limits, _signals, begun.Task, cancellationToken);

        // On a thread of its own: a log sink that blocks keeps the thread that writes to it.
        var stopping = Task.Run(() => StopExecutionAsync(request, limits, begun), CancellationToken.None).Observed();
        try
        {
            await stopping.WaitAsync(grace.Last).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (grace.Last.IsCancellationRequested)
        {
            // A callback, a hook or a log sink blocks its thread: the stop ends without it (promise P9).
        }
        catch (AggregateException exception)
        {
            // A callback or a hook has registered with its token what throws when the token is canceled.
            connection.Errors.CallbackThrew("A canceled token's callback", exception);
        }

        if (Interlocked.Exchange(ref _hasBegun, 1) == 0)
        {
            // It was stopped before it came to run.
            await EndAsync(_parts, new LateTerminateReason(request.TerminateKind, reason)).ConfigureAwait(false);
        }

        // Where no thread was free to do it until the last moment.
        connection.Effects.Run(connection.Lifecycle.RequestStop(request));
        connection.Effects.Run(connection.Lifecycle.Finish(reason));
    }

    private async Task StopExecutionAsync(SessionEnd request, StopLimits limits, TaskCompletionSource begun)
    {
        Task stopping;
        var (what, longest) = WaitsFor(limits);
        try
        {
            connection.Effects.Run(connection.Lifecycle.RequestStop(request));
            stopping = base.StopAsync(CancellationToken.None);
        }
        finally
        {
            begun.SetResult();
        }

        if (what is not null)
        {
            // Only now: a log that blocks delays neither the attempt's token nor the callback's.
            connection.Log.StopWaits(connection.Name, what, longest);
        }

        await stopping.ConfigureAwait(false);
    }

    private (string? What, TimeSpan Longest) WaitsFor(StopLimits limits) =>
        _parts!.Runner.Callback.Name is { } callback ? (callback, limits.Callback)
        : connection.Session is not null ? ("the close handshake", limits.Close)
        : default;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        _hasBegun = 1;
        var parts = _parts!;
        // What happens to be traced while the host starts has no part in what follows.
        Activity.Current = null;
        using var scope = connection.Log.BeginConnection(connection.Name);
        using var monitor = _monitor = new CallbackMonitor(parts.Runner.Callback, connection, connection.Services.GetRequiredService<CallbackMonitors>());
        var end = await RunAsync(parts, stoppingToken).ConfigureAwait(false);
        if (end.Kind == LateTerminateKind.Faulted)
        {
            connection.Effects.Run(connection.Lifecycle.Fault(end.Description, end.Exception));
        }

        await EndAsync(parts, end).ConfigureAwait(false);
        if (end.Kind == LateTerminateKind.HandlerStopped)
        {
            connection.Effects.Run(connection.Lifecycle.Finish(end.Description));
        }
        else if (end.Kind == LateTerminateKind.Faulted && connection.Options.OnFault == LateFaultBehavior.StopHost)
        {
            lifetime.StopApplication();
        }
    }

    private async Task EndAsync(ConnectionParts parts, LateTerminateReason end)
    {
        await parts.TerminateAsync(connection, end, (_limits ?? StopLimits.Of(connection.Options)).Terminate, _signals.Ended.Token).ConfigureAwait(false);
        connection.CallContext.Clock.Dispose();
        connection.Log.Stopped(connection.Name, LateException.WithoutName(connection.Name, end.Description));
    }

    private async Task<LateTerminateReason> RunAsync(ConnectionParts parts, CancellationToken stopping)
    {
        try
        {
            connection.Effects.Run(connection.Lifecycle.Start());
            await InitAsync(parts, stopping).ConfigureAwait(false);

            // The application may be disposed by now: nothing of it is asked for then.
            stopping.ThrowIfCancellationRequested();
            var loss = LateSessionOutcome.Now;
            do
            {
                loss = await RunToStableAsync(parts, loss, stopping).ConfigureAwait(false);
            }
            while (loss is { ShouldReconnect: true, IsStable: true } && !stopping.IsCancellationRequested);

            if (stopping.IsCancellationRequested && connection.Lifecycle.Life != LifePhase.Faulted)
            {
                // The token of the start, which is canceled with the application, stops it too.
                connection.Effects.Run(connection.Lifecycle.Stop(connection.Lifecycle.StopEnd));
            }

            return connection.Lifecycle.Current switch
            {
                { State: LateConnectionState.Stopping or LateConnectionState.Stopped } stop => new LateTerminateReason(connection.Lifecycle.StoppedBy, stop.Reason),

                // The handler's own fault has more information than the end of its session.
                { State: LateConnectionState.Faulted } fault => new LateTerminateReason(LateTerminateKind.Faulted, fault.Reason, fault.Exception),
                _ => new LateTerminateReason(LateTerminateKind.Faulted, loss.Description, loss.Exception),
            };
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested || _signals.Abandoned.IsCancellationRequested)
        {
            connection.Effects.Run(connection.Lifecycle.Stop(connection.Lifecycle.StopEnd));
            return new LateTerminateReason(connection.Lifecycle.StoppedBy, connection.Lifecycle.Current.Reason);
        }
        catch (Exception exception)
        {
            var type = TypeName.Of(exception.GetType());
            return new LateTerminateReason(
                LateTerminateKind.Faulted, exception == connection.Lifecycle.InitFailure ? $"InitAsync threw {type}." : $"The connection failed with {type}.", exception);
        }
    }

    /// <summary>
    /// One execution of the pipeline: from a loss to the end of the next stable session, or to the last attempt.
    /// </summary>
    private async Task<LateSessionOutcome> RunToStableAsync(ConnectionParts parts, LateSessionOutcome loss, CancellationToken stopping)
    {
        var interrupted = connection.Lifecycle.RenewInterruption(out var wasRequested);

        // A requested session begins with an attempt; a loss begins with itself, so that it sets the first delay.
        var number = loss.IsImmediate || wasRequested ? 1 : 0;
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(stopping, interrupted);
        try
        {
            var outcome = await reconnect.Build().ExecuteAsync(
                async _ => number++ == 0
                    ? loss with { IsStable = false, Attempt = 0 }
                    : await AttemptAsync(parts, number - 1, stopping, interrupted).ConfigureAwait(false),
                waiting.Token).ConfigureAwait(false);
            return interrupted.IsCancellationRequested && outcome.ShouldReconnect ? LateSessionOutcome.Now : outcome;
        }
        catch (OperationCanceledException) when (interrupted.IsCancellationRequested && !stopping.IsCancellationRequested)
        {
            return LateSessionOutcome.Now;
        }
    }

    private async Task<LateSessionOutcome> AttemptAsync(ConnectionParts parts, int number, CancellationToken stopping, CancellationToken interrupted)
    {
        var outcome = await parts.Cycle.RunAsync(number, stopping, interrupted, _signals.Abandoned.Token).ConfigureAwait(false);
        if (outcome.Disconnect is not { WasReady: true } && !outcome.IsImmediate)
        {
            _firstFailure.TrySetResult(outcome);
        }

        // While it stops, an abandoned callback may still run: no other callback may run concurrently with it.
        if (outcome is { Restart: true, ShouldReconnect: true } && !connection.Lifecycle.IsEnding)
        {
            await InitAsync(parts, stopping).ConfigureAwait(false);
        }

        return outcome;
    }

    private async Task InitAsync(ConnectionParts parts, CancellationToken stopping)
    {
        try
        {
            await parts.Runner.Life.InitAsync(stopping).Observed().WaitAsync(_signals.Abandoned.Token).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            connection.Lifecycle.NoteInitFailure(exception);
            throw;
        }
    }

    private void OnSettingsChanged(LateConnectionOptions before, LateConnectionOptions after)
    {
        // What has a clock that runs already; everything else reads the options when it needs them.
        Volatile.Read(ref _monitor)?.OnSettingsChanged();
        connection.Session?.OnSettingsChanged();
        string[] changed = [.. OptionTables.Connection.Changed(before, after, TakesEffect.ByReconnecting)];
        if (changed.Length > 0)
        {
            connection.Effects.Run(connection.Lifecycle.RequestReconnect(SessionEnd.Requested($"{string.Join(" and ", changed)} changed in the configuration.")));
        }
    }
}
