using System.Net;
using Late.Hosting.Budgets;
using Late.Hosting.Configuration;
using Late.Hosting.Connection.Callbacks;
using Late.Hosting.Connection.Lifecycle;
using Late.Hosting.Connection.Sessions;
using Late.Hosting.Diagnostics;
using Late.Hosting.Transport;

namespace Late.Hosting.Connection.Reconnecting;

/// <summary>One attempt: asks for the address, connects, runs the session, and says how it ended.</summary>
internal sealed class Attempt(ConnectionCore connection, ConnectionHooks hooks, ITransport transport, Runner runner)
{
    private bool _hasWarned;
    private bool _hasAskedAgain;

    /// <summary>Runs attempt <paramref name="number"/> to the end of its session.</summary>
    /// <param name="number">Which attempt it is since the last stable session.</param>
    /// <param name="stopping">Cancelled when the host stops.</param>
    /// <param name="interrupted">Cancelled when a new session is asked for while there is none.</param>
    /// <param name="abandoned">Cancelled when a callback that does not end is no longer waited for.</param>
    public async Task<LateSessionOutcome> RunAsync(int number, CancellationToken stopping, CancellationToken interrupted, CancellationToken abandoned)
    {
        var options = connection.Options;
        _hasAskedAgain &= number > 1;

        // One that a rotation has made has had its turn.
        var next = connection.TakeNext();
        var turn = next is null ? ConnectTurn.Begin(connection, hooks.Budget, stopping, interrupted) : null;
        var underWay = $"Attempt {number} is under way.";
        var reason = turn is null or { HasCome: true } ? underWay : $"Attempt {number} waits for the connect budget '{hooks.Budget}'.";
        if (!connection.Status.TryMove(LateConnectionState.Connecting, reason, attempt: number))
        {
            turn?.Dispose();
            next?.Abort();
            return new LateSessionOutcome { Attempt = number };
        }

        connection.Statistics.CountAttempt();
        var telemetry = connection.Telemetry.BeginAttempt(number);
        WebSocketConnection socket;
        try
        {
            if (turn is not null)
            {
                await turn.WaitAsync().ConfigureAwait(false);
                connection.Status.SetConnectingReason(underWay);
                options = connection.Options;
            }

            socket = next ?? await ConnectAsync(number, options, telemetry, stopping, interrupted).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            telemetry.Cancelled();
            return new LateSessionOutcome { Attempt = number };
        }
        catch (OperationCanceledException) when (interrupted.IsCancellationRequested)
        {
            telemetry.Cancelled();
            connection.Status.TryMove(LateConnectionState.Reconnecting, "A new session was asked for.");
            return LateSessionOutcome.Now;
        }
        catch (Exception exception)
        {
            turn?.OnFailed(exception);
            return Failed(number, telemetry, exception);
        }
        finally
        {
            turn?.Dispose();
        }

        telemetry.Connected((int)socket.Handshake.StatusCode);
        if (!connection.Status.TryMove(LateConnectionState.Connected, $"The server answered {(int)socket.Handshake.StatusCode}."))
        {
            socket.Abort();
            await socket.DisposeAsync().ConfigureAwait(false);
            return new LateSessionOutcome { Attempt = number };
        }

        connection.Log.Connected(connection.Name, number);
        using var session = new Session(connection, socket, options) { AttemptContext = telemetry.Context };
        connection.SetSession(session);
        if (interrupted.IsCancellationRequested)
        {
            session.End(SessionEnd.Requested(""));
        }

        using var rotation = Rotation.Begin(connection, session, ended => ConnectNextAsync(number, stopping, ended));
        using (stopping.UnsafeRegister(static session => ((Session)session!).EndByStop(), session))
        {
            var end = await session.RunAsync(runner, abandoned).ConfigureAwait(false);
            connection.SetSession(null);
            var outcome = await DecideAsync(number, options, session, end, abandoned).ConfigureAwait(false);
            if (!outcome.IsImmediate)
            {
                // One that a rotation has made would go stale: nobody reads it, or answers its pings.
                connection.TakeNext()?.Abort();
            }

            return outcome;
        }
    }

    /// <summary>Connects for the next session while one is open; like any attempt, when its turn has come.</summary>
    private async Task<WebSocketConnection> ConnectNextAsync(int number, CancellationToken stopping, CancellationToken ended)
    {
        using var turn = ConnectTurn.Begin(connection, hooks.Budget, stopping, ended);
        try
        {
            await (turn?.WaitAsync() ?? Task.CompletedTask).ConfigureAwait(false);
            return await ConnectAsync(number, connection.Options, default, stopping, ended).ConfigureAwait(false);
        }
        catch (LateConnectException exception)
        {
            turn?.OnFailed(exception);
            throw;
        }
    }

    private async Task<WebSocketConnection> ConnectAsync(
        int number, LateConnectionOptions options, AttemptTelemetry telemetry, CancellationToken stopping, CancellationToken interrupted)
    {
        using var clock = new CancellationTokenSource(options.ConnectTimeout, connection.Time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(clock.Token, stopping, interrupted);
        var request = new LateHandshakeContext(connection.Name, number, options, connection.Services);
        try
        {
            foreach (var configure in hooks.Handshake)
            {
                await configure(request, limit.Token).AsTask().Observed().WaitAsync(limit.Token).ConfigureAwait(false);
            }

            if (RequestCheck.Problem(request) is { } problem)
            {
                throw new LateConnectException(connection.Name, $"Connection '{connection.Name}' cannot connect: {problem}");
            }

            telemetry.SetAddress(request.Uri!);
            connection.Log.Connecting(connection.Name, Redaction.Redact(request.Uri!), number);
            var socket = await transport.ConnectAsync(request, options, limit.Token).ConfigureAwait(false);
            if (request.SubProtocols.Count > 0 && socket.Handshake.SubProtocol is null && !_hasWarned)
            {
                _hasWarned = true;
                connection.Log.NoSubProtocol(connection.Name);
            }

            return socket;
        }
        catch (OperationCanceledException exception) when (clock.IsCancellationRequested && !stopping.IsCancellationRequested && !interrupted.IsCancellationRequested)
        {
            throw new LateConnectException(
                connection.Name,
                $"Connection '{connection.Name}' had no answer to its upgrade within ConnectTimeout ({options.ConnectTimeout}). Check the network and the server, or raise ConnectTimeout.",
                exception);
        }
    }

    private LateSessionOutcome Failed(int number, AttemptTelemetry telemetry, Exception exception)
    {
        if (exception is not LateConnectException error)
        {
            // It comes from ConfigureHandshake, and says what only its author can explain.
            connection.Log.HandshakeThrew(connection.Name, connection.Loggable(exception));
            error = new LateConnectException(
                connection.Name, $"Connection '{connection.Name}' could not prepare its upgrade: ConfigureHandshake threw {exception.GetType().Name}.", Redaction.WithoutCredentials(exception));
        }

        var outcome = new LateSessionOutcome
        {
            Attempt = number,
            Exception = error,
            Delay = error.RetryAfter,
            HasBeenReady = connection.Status.WasReady,
            AsksAgain = AsksAgain(error),
        };
        outcome = outcome with { ShouldReconnect = ShouldReconnect(outcome) };
        var wasRefused = connection.Status.IsRefused;
        connection.Status.IsRefused = outcome.IsRefused;
        telemetry.Failed(error);
        connection.Statistics.CountFailedAttempt();
        connection.Statistics.AddError(error.Message);
        connection.Log.AttemptFailed(connection.Name, number, LateException.WithoutName(connection.Name, error.Message));
        if (outcome is { IsRefused: true, HasBeenReady: true, ShouldReconnect: true } && !wasRefused)
        {
            connection.Log.Refused(connection.Name, connection.Options.Reconnect.RefusedMaxDelay);
        }

        connection.Status.TryMove(LateConnectionState.Reconnecting, error.Message, error);
        return outcome;
    }

    /// <summary>Whether it is the first 401 since the last stable session, and the next attempt may bring other credentials.</summary>
    private bool AsksAgain(LateConnectException error)
    {
        var asksAgain = error.StatusCode == HttpStatusCode.Unauthorized && hooks.Handshake.Count > 0 && !_hasAskedAgain;
        _hasAskedAgain |= asksAgain;
        return asksAgain;
    }

    /// <summary>Whether another attempt follows: never after a code that the options name as permanent.</summary>
    private bool ShouldReconnect(LateSessionOutcome outcome)
    {
        var options = connection.Options;
        var isPermanent = outcome switch
        {
            { Disconnect: { Reason: LateDisconnectReason.ClosedByServer, CloseCode: { } code } } => options.PermanentCloseCodes.Contains(code),
            { Disconnect: null, Exception: LateConnectException { StatusCode: { } status } } => options.PermanentStatusCodes.Contains(status),
            _ => false,
        };
        return !isPermanent && options.Reconnect.ShouldReconnect(outcome);
    }

    private async Task<LateSessionOutcome> DecideAsync(int number, LateConnectionOptions options, Session session, SessionEnd end, CancellationToken abandoned)
    {
        // A callback that was given up may still run: no other may begin beside it.
        var decision = runner.CurrentCallback is not null && abandoned.IsCancellationRequested
            ? null
            : await AbandonableAsync(runner.DisconnectAsync(end.Disconnect), abandoned).ConfigureAwait(false);
        var outcome = new LateSessionOutcome
        {
            Attempt = number,
            HasBeenReady = connection.Status.WasReady,
            Disconnect = end.Disconnect,
            Exception = end.Disconnect.Exception,
            ReadyFor = session.ReadyFor,
            IsStable = end.IsImmediate || (session.WasReady && session.ReadyFor >= options.Reconnect.StableAfter),
            IsImmediate = end.IsImmediate,
            Delay = end.After,
            Restart = end.Restart,
        };
        var next = end.Next is NextStep.Stop or NextStep.Fault ? end.Next : decision?.Next ?? NextStep.Continue;
        switch (next)
        {
            case NextStep.Stop:
                connection.Stop(SessionEnd.HandlerStopped);
                return outcome with { IsStable = false };
            case NextStep.Fault:
                return outcome with { IsStable = false };
            case NextStep.Reconnect:
                return outcome with { ShouldReconnect = true, Delay = decision!.After ?? outcome.Delay, IsImmediate = outcome.IsImmediate && decision.After is null };
            default:
                return outcome with { ShouldReconnect = end.IsRequested || ShouldReconnect(outcome) };
        }
    }

    private static async Task<ResultActions?> AbandonableAsync(Task<ResultActions?> disconnecting, CancellationToken abandoned)
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
