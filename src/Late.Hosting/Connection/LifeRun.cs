using Late.Hosting.Connection.Lifecycle;
using Late.Hosting.Connection.Reconnecting;
using Late.Hosting.Diagnostics;

namespace Late.Hosting.Connection;

/// <summary>One life of the connection (promise P3), from <c>Init</c> over attempt after attempt to a stop or a fault.</summary>
/// <param name="connection">What its parts share.</param>
/// <param name="parts">The handler, and what runs it.</param>
/// <param name="reconnect">Makes the pipelines that run attempts.</param>
/// <param name="signals">What a stop no longer waits for.</param>
/// <param name="firstFailure">Receives the first attempt that failed.</param>
internal sealed class LifeRun(
    ConnectionContext connection, ConnectionParts parts, ReconnectPipeline reconnect, StopSignals signals, TaskCompletionSource<LateSessionOutcome> firstFailure)
{
    /// <summary>True where it has had a session that was ready for <see cref="LateReconnectOptions.StableAfter"/>.</summary>
    public bool WasStable { get; private set; }

    /// <summary>True where it was ended by a code that the options name as permanent.</summary>
    public bool HasPermanentCode { get; private set; }

    /// <summary>Runs it.</summary>
    /// <returns>What has ended it.</returns>
    public async Task<LateTerminateReason> RunAsync(CancellationToken stopping)
    {
        try
        {
            connection.Mailbox.SetLimits(connection.Options.MailboxCapacity, connection.Options.ReceiveBufferBytes);
            await BeginAsync(stopping).ConfigureAwait(false);

            // The application may be disposed by now: nothing of it is asked for then.
            stopping.ThrowIfCancellationRequested();
            var loss = LateSessionOutcome.Now;
            do
            {
                loss = await RunToStableAsync(loss, stopping).ConfigureAwait(false);
                if (parts.Runner.Vacancy.Restart is not null && !connection.Lifecycle.IsEnding)
                {
                    await BeginAsync(stopping).ConfigureAwait(false);
                }
            }
            while (loss is { ShouldReconnect: true, IsStable: true } && !stopping.IsCancellationRequested && !connection.Lifecycle.IsEnding);

            if (stopping.IsCancellationRequested && connection.Lifecycle.Life != LifePhase.Faulted)
            {
                // The token of the start, which is canceled with the application, stops it too.
                connection.Effects.Run(connection.Lifecycle.Stop(connection.Lifecycle.StopEnd));
            }

            HasPermanentCode = Decision.HasPermanentCode(loss, connection.Options);
            return connection.Lifecycle.Current switch
            {
                { State: LateConnectionState.Stopping or LateConnectionState.Stopped } stop => new LateTerminateReason(connection.Lifecycle.StoppedBy, stop.Reason),

                // The handler's own fault has more information than the end of its session.
                { State: LateConnectionState.Faulted } fault => new LateTerminateReason(LateTerminateKind.Faulted, fault.Reason, fault.Exception),
                _ => new LateTerminateReason(LateTerminateKind.Faulted, loss.Description, loss.Exception),
            };
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested || signals.Abandoned.IsCancellationRequested)
        {
            connection.Effects.Run(connection.Lifecycle.Stop(connection.Lifecycle.StopEnd));
            return new LateTerminateReason(connection.Lifecycle.StoppedBy, connection.Lifecycle.Current.Reason);
        }
        catch (Exception exception)
        {
            var reason = exception == connection.Lifecycle.InitFailure
                ? ThrownText.Of("Init", exception)
                : $"The connection failed with {TypeName.Of(exception.GetType())}.";
            return new LateTerminateReason(LateTerminateKind.Faulted, reason, exception);
        }
    }

    /// <summary>
    /// One execution of the pipeline: from a loss to the end of the next stable session, or to the last attempt.
    /// </summary>
    private async Task<LateSessionOutcome> RunToStableAsync(LateSessionOutcome loss, CancellationToken stopping)
    {
        var interrupted = connection.Lifecycle.RenewInterruption(out var wasRequested, out var after);
        if (wasRequested && after is not null)
        {
            (loss, wasRequested) = (LateSessionOutcome.Now with { IsImmediate = false, Delay = after }, false);
        }

        // A requested session begins with an attempt; a loss begins with itself, so that it sets the first delay.
        var number = loss.IsImmediate || wasRequested ? 1 : 0;
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(stopping, interrupted);
        try
        {
            var outcome = await reconnect.Build().ExecuteAsync(
                async _ => number++ == 0
                    ? loss with { IsStable = false, Attempt = 0 }
                    : await AttemptAsync(number - 1, stopping, interrupted).ConfigureAwait(false),
                waiting.Token).ConfigureAwait(false);
            return interrupted.IsCancellationRequested && outcome.ShouldReconnect ? Next() : outcome;
        }
        catch (OperationCanceledException) when (interrupted.IsCancellationRequested && !stopping.IsCancellationRequested)
        {
            return Next();
        }

        LateSessionOutcome Next() => connection.Lifecycle.IsInterrupted ? LateSessionOutcome.Now : LateSessionOutcome.Ended;
    }

    private async Task<LateSessionOutcome> AttemptAsync(int number, CancellationToken stopping, CancellationToken interrupted)
    {
        var outcome = await parts.Cycle.RunAsync(number, stopping, interrupted, signals.Abandoned.Token).ConfigureAwait(false);
        WasStable |= outcome.ReadyFor >= connection.Options.Reconnect.StableAfter;
        if (outcome.Disconnect is not { WasReady: true } && !outcome.IsImmediate)
        {
            firstFailure.TrySetResult(outcome);
        }

        // While it stops, an abandoned callback may still run: no other callback may run concurrently with it.
        if (outcome.BeginsLife && !connection.Lifecycle.IsEnding)
        {
            await BeginAsync(stopping).ConfigureAwait(false);
        }

        return outcome;
    }

    /// <summary>Makes the state. What needs no session runs from then on.</summary>
    private async Task BeginAsync(CancellationToken stopping)
    {
        await parts.Runner.Vacancy.EndAsync().WaitAsync(signals.Abandoned.Token).ConfigureAwait(false);
        try
        {
            await parts.Runner.Life.InitAsync(stopping).Observed().WaitAsync(signals.Abandoned.Token).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            connection.Lifecycle.NoteInitFailure(exception);
            throw;
        }

        parts.Runner.Vacancy.BeginLife();
    }
}
