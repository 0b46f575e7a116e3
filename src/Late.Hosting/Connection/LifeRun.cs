using System.Runtime.ExceptionServices;
using Late.Hosting.Connection.Lifecycle;
using Late.Hosting.Connection.Reconnecting;
using Late.Hosting.Diagnostics;

namespace Late.Hosting.Connection;

/// <summary>
/// Runs the connection from <c>Init</c> over attempt after attempt to a stop or a fault: one life (promise P3), and those that follow
/// it after errors of the handler (promise P2).
/// </summary>
/// <param name="connection">What its parts share.</param>
/// <param name="life">The present life.</param>
/// <param name="reconnect">Makes the pipelines that run attempts.</param>
/// <param name="firstFailure">Receives the first attempt that failed.</param>
internal sealed class LifeRun(ConnectionContext connection, PresentLife life, ReconnectPipeline reconnect, TaskCompletionSource<LateSessionOutcome> firstFailure)
{
    private Backoff _backoff = new();
    private LateTerminateReason? _fault;
    private bool _hasRestarted;

    /// <summary>True where it has had a session that was ready for <see cref="LateReconnectOptions.StableAfter"/>.</summary>
    public bool WasStable { get; private set; }

    /// <summary>True where it was ended by a code that the options name as permanent.</summary>
    public bool HasPermanentCode { get; private set; }

    private ConnectionParts Parts => life.Parts!;

    private CancellationToken Abandoned => life.Signals.Abandoned.Token;

    /// <summary>Runs it.</summary>
    /// <returns>What has ended it.</returns>
    public async Task<LateTerminateReason> RunAsync(CancellationToken stopping)
    {
        try
        {
            connection.Mailbox.SetLimits(connection.Options.MailboxCapacity, connection.Options.ReceiveBufferBytes);
            await InitAsync(stopping).ConfigureAwait(false);

            // The application may be disposed by now: nothing of it is asked for then.
            stopping.ThrowIfCancellationRequested();
            var loss = LateSessionOutcome.Now;
            while ((loss = await RunToStableAsync(loss, stopping).ConfigureAwait(false)) is { ShouldReconnect: true, IsStable: true }
                && !stopping.IsCancellationRequested && !connection.Lifecycle.IsEnding && connection.Lifecycle.YieldReason is null)
            {
                await RestartAfterErrorAsync(loss, stopping).ConfigureAwait(false);
            }

            if (stopping.IsCancellationRequested && connection.Lifecycle.Life != LifePhase.Faulted)
            {
                // The token of the start, which is canceled with the application, stops it too.
                connection.Effects.Run(connection.Lifecycle.Stop(connection.Lifecycle.StopEnd));
            }

            HasPermanentCode = Decision.HasPermanentCode(loss, connection.Options);
            if (_fault is null && TryYield() is { } reason)
            {
                return new LateTerminateReason(LateTerminateKind.LeaseLost, reason);
            }

            return connection.Lifecycle.Current switch
            {
                { State: LateConnectionState.Stopping or LateConnectionState.Stopped } stop => new LateTerminateReason(connection.Lifecycle.StoppedBy, stop.Reason),

                // The handler's own fault has more information than the end of its session.
                { State: LateConnectionState.Faulted } fault => new LateTerminateReason(LateTerminateKind.Faulted, fault.Reason, fault.Exception),
                _ => _fault ?? new LateTerminateReason(LateTerminateKind.Faulted, loss.Description, loss.Exception),
            };
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested || Abandoned.IsCancellationRequested)
        {
            connection.Effects.Run(connection.Lifecycle.Stop(connection.Lifecycle.StopEnd));
            return new LateTerminateReason(connection.Lifecycle.StoppedBy, connection.Lifecycle.Current.Reason);
        }
        catch (Exception exception)
        {
            return exception == _fault?.Exception
                ? _fault
                : new LateTerminateReason(LateTerminateKind.Faulted, $"The connection failed with {TypeName.Of(exception.GetType())}.", exception);
        }
    }

    /// <summary>Ends the life where the lease is over, or comes to its end.</summary>
    /// <returns>Why; null where it is not, or the connection ends.</returns>
    private string? TryYield() =>
        connection.Lifecycle.YieldReason is { } reason && (connection.Lifecycle.Life == LifePhase.Restarting || connection.Effects.Run(connection.Lifecycle.EndLife()))
            ? reason
            : null;

    /// <summary>
    /// One execution of the pipeline: from a loss to the end of the next stable session, or to the last attempt.
    /// </summary>
    private async Task<LateSessionOutcome> RunToStableAsync(LateSessionOutcome loss, CancellationToken stopping)
    {
        var interrupted = connection.Lifecycle.RenewInterruption(out var wasRequested, out var after);
        if (connection.Lifecycle.YieldReason is not null)
        {
            // From here on, it interrupts.
            return loss;
        }

        if (wasRequested && after is not null)
        {
            (loss, wasRequested) = (LateSessionOutcome.Now with { IsImmediate = false, Delay = after }, false);
        }

        var continues = loss.IsCut && !wasRequested;
        _backoff = continues ? _backoff : new Backoff();
        var attempts = continues ? loss.Attempt : 0;

        // A requested session begins with an attempt; a loss begins with itself, so that it sets the first delay.
        var hasWaited = loss.IsImmediate || wasRequested;
        var last = loss;
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(stopping, interrupted);
        try
        {
            var outcome = await reconnect.Build(_backoff).ExecuteAsync(
                async _ =>
                {
                    if (!hasWaited)
                    {
                        hasWaited = true;
                        return loss with { IsStable = false, Attempt = attempts };
                    }

                    var outcome = await AttemptAsync(attempts + 1, stopping, interrupted).ConfigureAwait(false);

                    // One that was cut short does not count.
                    (last, attempts) = outcome == LateSessionOutcome.Now ? (new LateSessionOutcome { ShouldReconnect = true }, attempts) : (outcome, attempts + 1);
                    return outcome;
                },
                waiting.Token).ConfigureAwait(false);
            return interrupted.IsCancellationRequested && outcome.ShouldReconnect ? Next() : outcome;
        }
        catch (OperationCanceledException) when (interrupted.IsCancellationRequested && !stopping.IsCancellationRequested)
        {
            return Next();
        }

        // Where no session was requested, the error of a post has ended the life: a wait continues where it was, and after an attempt the next delay follows.
        LateSessionOutcome Next() => connection.Lifecycle.IsInterrupted
            ? last with { IsStable = true, IsImmediate = true, IsCut = false }
            : last with { IsStable = true, IsImmediate = false, IsCut = true, Attempt = attempts, Delay = RestOfWait() ?? last.Delay };
    }

    private async Task<LateSessionOutcome> AttemptAsync(int number, CancellationToken stopping, CancellationToken interrupted)
    {
        if (_fault is not null)
        {
            // A pipeline of the application's that repeats what has thrown.
            return new LateSessionOutcome { Exception = _fault.Exception };
        }

        _hasRestarted = false;
        if (connection.Lifecycle.Life == LifePhase.Restarting)
        {
            await BeginNextAsync(stopping).ConfigureAwait(false);
        }
        else
        {
            // A post may have thrown before there was anything to interrupt.
            await RestartAfterErrorAsync(LateSessionOutcome.Now, stopping).ConfigureAwait(false);
        }

        var outcome = await Parts.Cycle.RunAsync(number, stopping, interrupted, Abandoned).ConfigureAwait(false);
        _hasRestarted &= outcome.Disconnect is null;
        WasStable |= outcome.ReadyFor >= connection.Options.Reconnect.StableAfter;
        if (outcome.Disconnect is not { WasReady: true } && !outcome.IsImmediate && connection.Lifecycle.YieldReason is null)
        {
            firstFailure.TrySetResult(outcome);
        }

        // After the last attempt a fault ends the life.
        return !outcome.IsStable && number >= connection.Options.Reconnect.MaxAttempts ? outcome : await RestartAfterErrorAsync(outcome, stopping).ConfigureAwait(false);
    }

    /// <summary>
    /// Where an error of the handler has ended its life, and the connection continues, begins the next: now, or, where one has begun since
    /// the last attempt, with the next attempt, so that a handler that throws in each life has no more lives than attempts.
    /// </summary>
    /// <returns>The outcome, of which that is done.</returns>
    private async Task<LateSessionOutcome> RestartAfterErrorAsync(LateSessionOutcome outcome, CancellationToken stopping)
    {
        // While it stops, an abandoned callback may still run: no other callback may run concurrently with it.
        if (!outcome.ShouldReconnect || connection.Lifecycle.YieldReason is not null || ErrorAfter(outcome) is not { } error || !connection.Effects.Run(connection.Lifecycle.EndLife()))
        {
            return outcome;
        }

        await life.EndAsync(error).ConfigureAwait(false);
        if (!_hasRestarted)
        {
            await BeginNextAsync(stopping).ConfigureAwait(false);
        }

        return outcome with { Restart = false };
    }

    private LateTerminateReason? ErrorAfter(LateSessionOutcome outcome) =>
        connection.Lifecycle.Life is not (LifePhase.Starting or LifePhase.Running) ? null
        : Parts.Runner.Vacancy.Restart is { } error ? new LateTerminateReason(LateTerminateKind.HandlerError, error.Description, error.Exception)
        : outcome.Restart ? new LateTerminateReason(LateTerminateKind.HandlerError, outcome.Description, outcome.Exception)
        : null;

    private TimeSpan? RestOfWait() =>
        connection.Lifecycle.Current is { State: LateConnectionState.Reconnecting, NextAttemptAt: { } at } && at - connection.Time.GetUtcNow() is var rest
            ? (rest > TimeSpan.Zero ? rest : TimeSpan.Zero)
            : null;

    /// <summary>Begins the next life of the connection.</summary>
    private async Task BeginNextAsync(CancellationToken stopping)
    {
        _hasRestarted = true;

        // HandleTerminate may still run, also where it was no longer waited for: no callback of the next life runs concurrently with it (promise P1).
        await Parts.Ended.WaitAsync(stopping).ConfigureAwait(false);
        stopping.ThrowIfCancellationRequested();
        if (!connection.Effects.Run(connection.Lifecycle.BeginLife()))
        {
            return;
        }

        _fault = life.TryMakeNext();
        if (_fault is { Exception: { } exception })
        {
            ExceptionDispatchInfo.Throw(exception);
        }

        life.Begin();
        await InitAsync(stopping).ConfigureAwait(false);
        connection.Effects.Run(connection.Lifecycle.Initialized());
    }

    /// <summary>Makes the state. What needs no session runs from then on.</summary>
    private async Task InitAsync(CancellationToken stopping)
    {
        try
        {
            await Parts.Runner.Life.InitAsync(stopping).Observed().WaitAsync(Abandoned).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            connection.Lifecycle.NoteInitFailure(exception);
            _fault = new LateTerminateReason(LateTerminateKind.Faulted, ThrownText.Of("Init", exception), exception);
            throw;
        }

        Parts.Runner.Vacancy.Begin();
    }
}
