using Late.Hosting.Connection.Callbacks;
using Late.Hosting.Connection.Lifecycle;
using Late.Hosting.Connection.Sessions;
using Late.Hosting.Diagnostics;
using Late.Hosting.Transport;

namespace Late.Hosting.Connection.Reconnecting;

/// <summary>From an attempt to what follows it: connects, runs the session to its end, notifies the handler, and decides.</summary>
internal sealed class SessionCycle(ConnectionContext connection, ITransport transport, Runner runner, Addresses addresses)
{
    private bool _hasWarned;
    private bool _hasAskedAgain;
    private LateSessionOutcome? _previous;

    /// <summary>Runs attempt <paramref name="number"/> and its session.</summary>
    /// <param name="number">Which attempt it is since the last stable session.</param>
    /// <param name="stopping">Canceled when the host stops.</param>
    /// <param name="interrupted">Canceled when a new session is requested while there is none.</param>
    /// <param name="abandoned">Canceled when a callback that does not end is no longer waited for.</param>
    public async Task<LateSessionOutcome> RunAsync(int number, CancellationToken stopping, CancellationToken interrupted, CancellationToken abandoned)
    {
        _hasAskedAgain &= number > 1;
        var (session, outcome) = await OpenAsync(number, stopping, interrupted, abandoned).ConfigureAwait(false);
        if (session is null)
        {
            return outcome;
        }

        using (session)
        {
            using var rotation = Rotation.Begin(connection, session);
            using var stop = stopping.UnsafeRegister(static session => ((Session)session!).CloseByStop(), session);
            var end = await session.RunAsync(runner, abandoned).ConfigureAwait(false);
            NoteEnd(session.ConfiguredAddress, end);
            _previous = await DecideAsync(number, session, end, abandoned).ConfigureAwait(false);
            if (!connection.Lifecycle.IsEnding && !_previous.BeginsLife)
            {
                runner.Vacancy.Begin();
            }

            return _previous;
        }
    }

    /// <summary>Makes the attempt.</summary>
    /// <returns>The session; where the attempt failed or was canceled null, and what follows.</returns>
    private async Task<(Session? Session, LateSessionOutcome Outcome)> OpenAsync(
        int number, CancellationToken stopping, CancellationToken interrupted, CancellationToken abandoned)
    {
        var over = new LateSessionOutcome { Attempt = number };

        // One that was begun while the last session continued needs no other attempt.
        var next = connection.Lifecycle.Adopt();
        var plan = Plan(number, abandoned) with { Requested = connection.Lifecycle.TakeNextUri() };
        var attempt = next is null ? new ConnectAttempt(connection, transport, plan, stopping, interrupted) : null;
        var waits = attempt is { HasPermit: false };
        var inProgress = $"Attempt {number} is in progress.";
        var reason = waits ? $"Attempt {number} waits for the connect budget '{connection.Hooks.Budget}'." : inProgress;
        if (!connection.Effects.Run(connection.Lifecycle.BeginAttempt(reason, number)))
        {
            attempt?.Dispose();
            connection.Effects.Discard(next);
            return (null, over);
        }

        WebSocketConnection socket;
        try
        {
            socket = await (next is null ? ConnectAsync(attempt!, waits ? () => NoteConnecting(inProgress) : null) : TakeAsync(next, stopping, interrupted)).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested || (connection.Lifecycle.IsEnding && !interrupted.IsCancellationRequested))
        {
            return (null, over);
        }
        catch (OperationCanceledException) when (interrupted.IsCancellationRequested)
        {
            return (null, await InterruptedAsync(interrupted).ConfigureAwait(false));
        }
        catch (LateConnectException exception)
        {
            return (null, Fail(number, next is null ? attempt!.Address : next.Address, exception));
        }
        finally
        {
            attempt?.Dispose();
        }

        var options = connection.Options;
        connection.Mailbox.SetLimits(options.MailboxCapacity, options.ReceiveBufferBytes);
        var session = new Session(connection, socket, options);

        // Before it is open: a client may request another one as soon as it sees it.
        session.Switch = new SessionSwitch(
            connection,
            session,
            runner.Handler,
            (candidate, uri, failure) => ConnectNextAsync(candidate, NextPlan(candidate, session, number, failure) with { Requested = uri }, stopping),
            OnFailed);
        if (!connection.Effects.Run(connection.Lifecycle.Open(session, $"The server answered {(int)socket.Handshake.StatusCode}.")))
        {
            session.Dispose();
            if (next is null)
            {
                _ = socket.DiscardAsync();
            }
            else
            {
                connection.Effects.Discard(next);
            }

            return (null, connection.Lifecycle.IsEnding ? over : await InterruptedAsync(interrupted).ConfigureAwait(false));
        }

        return (session, over);
    }

    /// <summary>A new session was requested during the attempt. The token is canceled in a moment, where it is not: no attempt begins before that.</summary>
    private async Task<LateSessionOutcome> InterruptedAsync(CancellationToken interrupted)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, connection.Time, interrupted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        connection.Effects.Run(connection.Lifecycle.FailAttempt(runner.Vacancy.Restart?.Description ?? "A new session was requested."));
        return LateSessionOutcome.Now;
    }

    /// <summary>An attempt while there is no session. A callback that does not end is waited for until it is abandoned: no other runs concurrently.</summary>
    private AttemptPlan Plan(int number, CancellationToken abandoned) => new(
        number,
        addresses,
        (handshake, cancellationToken) => runner.Vacancy.PauseAsync(
            () =>
            {
                // The attempt may have ended while a post ran.
                cancellationToken.ThrowIfCancellationRequested();
                return runner.Life.ConnectingAsync(handshake, cancellationToken);
            },
            abandoned).Observed().WaitAsync(abandoned),
        _previous);

    /// <summary>An attempt to replace an open session: the callback runs between those of the session, and what comes behind it needs that session no more.</summary>
    private AttemptPlan NextPlan(Candidate candidate, Session session, int number, LateConnectException? failure) => new(
        number,
        addresses,
        async (handshake, cancellationToken) =>
        {
            await ConnectingItem.RunAsync(connection.Mailbox, session, handshake, cancellationToken).ConfigureAwait(false);
            connection.Effects.Run(connection.Lifecycle.Detach(session, candidate));
            candidate.Canceled.ThrowIfCancellationRequested();
        },
        failure is null ? null : Failure(number, failure));

    /// <summary>Connects to replace an open session.</summary>
    private async Task<WebSocketConnection> ConnectNextAsync(Candidate candidate, AttemptPlan plan, CancellationToken stopping)
    {
        using var attempt = new ConnectAttempt(connection, transport, plan, stopping, candidate.Canceled);
        try
        {
            return await ConnectAsync(attempt).ConfigureAwait(false);
        }
        finally
        {
            candidate.Address = attempt.Address;
        }
    }

    /// <summary>Waits for the connection that was begun while the last session continued.</summary>
    private async Task<WebSocketConnection> TakeAsync(Candidate candidate, CancellationToken stopping, CancellationToken interrupted)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stopping, interrupted);
        try
        {
            return await candidate.Connection.WaitAsync(limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            connection.Effects.Discard(candidate);
            throw;
        }
    }

    /// <summary>Connects.</summary>
    /// <param name="attempt">The attempt.</param>
    /// <param name="onPermit">Called when it has its permit.</param>
    private async Task<WebSocketConnection> ConnectAsync(ConnectAttempt attempt, Action? onPermit = null)
    {
        var socket = await attempt.ConnectAsync(onPermit).ConfigureAwait(false);
        if (attempt.LacksSubProtocol && !_hasWarned)
        {
            _hasWarned = true;
            connection.Log.NoSubProtocol(connection.Name);
        }

        return socket;
    }

    private void NoteConnecting(string inProgress)
    {
        if (!connection.Lifecycle.TryNoteConnecting(inProgress))
        {
            // The permit came with the stop.
            throw new OperationCanceledException();
        }
    }

    private LateSessionOutcome Fail(int number, Uri? address, LateConnectException error)
    {
        OnFailed(address);
        var hasAnother = address is not null && error.StatusCode is not null && addresses.OnRefused(address, connection.Options);
        var outcome = Failure(number, error, hasAnother);
        _previous = outcome;
        _hasAskedAgain |= outcome.AsksAgain;
        var wasRefused = connection.Lifecycle.IsRefused;
        connection.Errors.AttemptFailed(number, error);
        if (outcome is { IsRefused: true, HasBeenReady: true, ShouldReconnect: true } && !wasRefused)
        {
            connection.Log.Refused(connection.Name, connection.Options.Reconnect.RefusedMaxDelay);
        }

        connection.Effects.Run(connection.Lifecycle.FailAttempt(error.Message, error, outcome.IsRefused));
        return outcome;
    }

    private LateSessionOutcome Failure(int number, LateConnectException error, bool hasAnotherAddress = false) =>
        Decision.AfterFailure(error, History(number) with { HasAnotherAddress = hasAnotherAddress }, connection.Options);

    /// <summary>The next attempt begins with the address of a session that has been ready, and not with that of one that has failed.</summary>
    private void NoteEnd(Uri? address, SessionEnd end)
    {
        if (address is not null && end.ReadyFor is not null)
        {
            addresses.OnReady(address);
        }
        else if (end.CountsAsFailed)
        {
            OnFailed(address);
        }
    }

    /// <summary>The next attempt takes another address, where there is one.</summary>
    private void OnFailed(Uri? address)
    {
        if (address is not null)
        {
            addresses.OnFailed(address, connection.Options);
        }
    }

    private async Task<LateSessionOutcome> DecideAsync(int number, Session session, SessionEnd end, CancellationToken abandoned)
    {
        // A callback that was abandoned may still run: no other may begin concurrently. Where HandleConnect waited for it, that has not begun.
        DisconnectRequest? request = null;
        if (runner.Life.IsConnected && (runner.Callback.Name is null || !abandoned.IsCancellationRequested))
        {
            request = await AbandonableAsync(runner.Life.DisconnectAsync(Decision.Disconnect(end)), abandoned).ConfigureAwait(false);
        }

        // Also where an error of its last callbacks has ended the life, and the session had another end.
        end = runner.Vacancy.Restart is null ? end : end with { Restart = true };
        var outcome = Decision.AfterSession(end, request, History(number) with { HasCandidate = connection.Lifecycle.HasCandidate }, connection.Options);
        switch (Decision.Next(end, request))
        {
            case NextStep.Stop:
                connection.Effects.Run(connection.Lifecycle.Stop(SessionEnd.HandlerStopped));
                break;
            case NextStep.Fault when request?.Faulted is { } fault:
                connection.Effects.Run(connection.Lifecycle.Fault(fault.Description, fault.Exception, Decision.HasPermanentCode(outcome, connection.Options)));
                break;
        }

        if (connection.Lifecycle.IsEnding)
        {
            // Also where a callback of the last frames has decided it.
            return outcome with { ShouldReconnect = false };
        }

        connection.Lifecycle.NoteNextUri(request?.Uri, end is { Uri: null, Next: NextStep.Reconnect } ? session.Switch?.Requested : null);

        if (!outcome.Adopts)
        {
            connection.Effects.Run(connection.Lifecycle.Drop());
        }

        return outcome;
    }

    private AttemptHistory History(int number) => new(number, connection.Lifecycle.History.WasReady, connection.Hooks.Handshake.Count > 0 && !_hasAskedAgain);

    private static async Task<DisconnectRequest?> AbandonableAsync(Task<DisconnectRequest?> disconnecting, CancellationToken abandoned)
    {
        try
        {
            return await disconnecting.WaitAsync(abandoned).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }
}
