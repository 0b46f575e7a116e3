using System.Diagnostics;
using Late.Hosting.Configuration;
using Late.Hosting.Connection.Callbacks;
using Late.Hosting.Connection.Lifecycle;
using Late.Hosting.Connection.Reconnecting;
using Late.Hosting.Diagnostics;
using Microsoft.Extensions.Hosting;

namespace Late.Hosting.Connection;

/// <summary>Keeps one connection: starts it with the host, runs life after life, and stops it with the host.</summary>
internal sealed class ConnectionService(
    ConnectionContext connection, LifeFactory lives, ReconnectPipeline reconnect, StopShares shares, IHostApplicationLifetime lifetime)
    : BackgroundService, IStopped
{
    private readonly LivesRun _run = new(connection, new PresentLife(connection, lives), reconnect, lifetime);
    private int _hasBegun;

    /// <summary>How long its stop may take, as it is now.</summary>
    public TimeSpan StopBudget => ExecuteTask is { IsCompleted: false } && !LifeEnded.IsCompleted ? StopLimits.Of(connection.Options).Sum : TimeSpan.Zero;

    /// <summary>Runs the callbacks of the present life, or of the last; null before the first.</summary>
    public Runner? Runner => Life.Parts?.Runner;

    /// <summary>Done when the present life has ended by a fault, and it is known whether and when the next begins by itself.</summary>
    public Task LifeEnded => _run.LifeEnded;

    private PresentLife Life => _run.Life;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        connection.CallPipeline?.Prepare();
        connection.Tenure?.Prepare();
        Life.Make();
        connection.Settings.Changed += OnSettingsChanged;

        // A reload may have come before, when there were calls that wait.
        connection.Mailbox.CountCalls([], areAll: true);
        await base.StartAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await new StartupGate(connection, _run.FirstFailure).WaitAsync(cancellationToken).ConfigureAwait(false);
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
        if (Life.Parts is null)
        {
            // The host did not come to start it, or its handler could not be made.
            connection.Effects.Run(connection.Lifecycle.RequestStop(end));
            connection.Effects.Run(connection.Lifecycle.Finish(end.Description));
            return;
        }

        connection.Settings.Changed -= OnSettingsChanged;
        var limits = StopLimits.Of(connection.Options) * share;
        Life.StopLimits = limits;
        var request = connection.Lifecycle.NoteStop(end with { CallbackWithin = limits.Callback, CloseWithin = limits.Close });
        var reason = request.Description;

        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var grace = StopGrace.Begin(connection.Time, () => Life.Parts.Runner, limits, Life.Signals, begun.Task, cancellationToken);

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
            await _run.EndLifeAsync(new LateTerminateReason(request.TerminateKind, reason)).ConfigureAwait(false);
            GiveBack();
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
        Runner!.Callback.What is { } callback ? (callback, limits.Callback)
        : connection.Session is not null ? ("the close handshake", limits.Close)
        : default;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        _hasBegun = 1;

        // What happens to be traced while the host starts has no part in what follows.
        Activity.Current = null;
        using var scope = connection.Log.BeginConnection(connection.Name);
        var end = await _run.RunAsync(stoppingToken).ConfigureAwait(false);
        GiveBack();
        if (end.Kind == LateTerminateKind.HandlerStopped)
        {
            connection.Effects.Run(connection.Lifecycle.Finish(end.Description));
        }
    }

    /// <summary>Gives back what all lives have in common.</summary>
    private void GiveBack()
    {
        connection.CallContext.Clock.Dispose();
        lives.Dispose();
    }

    private void OnSettingsChanged(LateConnectionOptions before, LateConnectionOptions after)
    {
        // What has a clock that runs already; everything else reads the options when it needs them.
        Life.OnSettingsChanged();
        connection.Session?.OnSettingsChanged();
        connection.Mailbox.CountCalls(connection.Session?.Calls.Snapshot() ?? [], areAll: true);
        if (Request(OptionTables.Connection.Changed(before, after, TakesEffect.ByReconnecting)) is { } reconnect)
        {
            connection.Effects.Run(connection.Lifecycle.RequestReconnect(reconnect));
        }
        else if (Request(OptionTables.Connection.Changed(before, after)) is { } life)
        {
            connection.Effects.Run(connection.Lifecycle.RequestLife(life));
        }

        static SessionEnd? Request(IEnumerable<string> changed) =>
            string.Join(" and ", changed) is { Length: > 0 } names ? SessionEnd.Changed(names) : null;
    }
}
