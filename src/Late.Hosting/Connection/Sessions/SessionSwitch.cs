using Late.Hosting.Connection.Lifecycle;
using Late.Hosting.Connection.Mailboxes;
using Late.Hosting.Transport;

namespace Late.Hosting.Connection.Sessions;

/// <summary>
/// Replaces a session where more is to be done than to end it: makes the next connection while it continues, and lets its calls
/// finish.
/// </summary>
/// <param name="connection">The connection.</param>
/// <param name="session">The session.</param>
/// <param name="handler">The handler, which is notified where the next connection fails.</param>
/// <param name="connect">Makes a connection to an address, or to the configured one; receives why the last one failed, where one did.</param>
internal sealed class SessionSwitch(
    ConnectionContext connection, Session session, ILateHandler handler, Func<Uri?, LateConnectException?, CancellationToken, Task<WebSocketConnection>> connect)
{
    // One at a time: a request that comes during another one is carried out where that fails.
    private readonly SemaphoreSlim _slot = new(1);

    // That of the connection: what flows with the callback or the request that asks for it has no part in the attempt.
    private readonly ExecutionContext _flow = ExecutionContext.Capture()!;

    private LateConnectException? _failure;

    /// <summary>Begins to do what a client asks for.</summary>
    /// <returns>False where the session has ended already.</returns>
    public bool Begin(LateReconnect request) => Begin(request, SessionEnd.Requested(request));

    /// <summary>Begins to do what was asked for.</summary>
    /// <param name="request">What was asked for.</param>
    /// <param name="end">How the session ends by it.</param>
    /// <returns>False where the session has ended already.</returns>
    public bool Begin(LateReconnect request, SessionEnd end)
    {
        if (!request.ConnectsFirst)
        {
            return session.Drain.Begin(end);
        }

        ExecutionContext.Run(_flow, _ => _ = ConnectFirstAsync(request, end), null);
        return !session.IsLeaving;
    }

    /// <summary>Makes the next connection, and ends the session when it is there.</summary>
    /// <exception cref="LateConnectException">It cannot be made; the session continues.</exception>
    /// <exception cref="OperationCanceledException">The session ended first.</exception>
    public async Task ConnectAsync(LateReconnect request, SessionEnd end)
    {
        using var scope = connection.Log.BeginSession(session.Number);
        await _slot.WaitAsync(session.Left).ConfigureAwait(false);
        try
        {
            if (session.PendingEnd is not null || session.IsLeaving)
            {
                // It is being replaced already.
                return;
            }

            var socket = await connect(request.Uri, _failure, session.Left).ConfigureAwait(false);
            if (session.PendingEnd is not null)
            {
                // Something else is to follow it meanwhile, at another address perhaps.
                _ = socket.DiscardAsync();
                return;
            }

            var hasMessage = socket.ReadAhead(connection.Options.ReceiveBufferBytes / 2);
            if (!connection.Effects.Run(connection.Lifecycle.Prepare(session, socket)))
            {
                return;
            }

            if (request.SwitchWhen == LateSwitchWhen.FirstMessage && await WhyNoMessageAsync(hasMessage).ConfigureAwait(false) is { } problem)
            {
                Refuse(socket, problem);
                return;
            }

            // The address has been used, and nothing that the old session has sent is lost.
            end = end with { Uri = null, HandlesLastFrames = true };
            if (request.FinishCalls)
            {
                session.Drain.Begin(end);
            }
            else
            {
                session.CloseOrEnd(end);
            }
        }
        catch (LateConnectException exception)
        {
            _failure = exception;
            connection.Telemetry.SwitchRefused();
            connection.Statistics.CountSwitchRefused();
            throw;
        }
        finally
        {
            _slot.Release();
        }
    }

    private async Task ConnectFirstAsync(LateReconnect request, SessionEnd end)
    {
        try
        {
            await ConnectAsync(request, end).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The session ended first, and what follows its end is decided there: at the address that was asked for, unless there is another.
            if (request.Uri is { } uri && (session.PendingEnd ?? session.Ending) is { Uri: null, Next: NextStep.Reconnect })
            {
                connection.Lifecycle.SetNextUri(uri);
            }
        }
        catch (LateConnectException exception)
        {
            connection.Log.ReconnectFailed(connection.Name, LateException.WithoutName(connection.Name, exception.Message));
            if (handler is ILateInfoHandler<LateReconnectFailed>)
            {
                connection.Mailbox.SubmitOwn(new PostItem<LateReconnectFailed>(new LateReconnectFailed(request, exception), connection) { IsOwn = true }, session);
            }
        }
    }

    private async Task<string?> WhyNoMessageAsync(Task<bool> hasMessage)
    {
        var timeout = connection.Options.ReadyTimeout;
        try
        {
            return await hasMessage.WaitAsync(timeout, connection.Time, session.Left).ConfigureAwait(false)
                ? null
                : "lost the next connection before a first message came on it. Check why the server closes it.";
        }
        catch (TimeoutException)
        {
            return $"received no first message on the next connection within ReadyTimeout ({timeout}). Check that the server speaks first, or use LateSwitchWhen.Upgraded.";
        }
    }

    /// <summary>The server has upgraded, and does not speak: that counts as a refusal.</summary>
    private void Refuse(WebSocketConnection socket, string problem)
    {
        if (connection.Lifecycle.TakeCandidate(socket) is null)
        {
            // The session was lost meanwhile, and this connection has taken its place.
            return;
        }

        socket.SetFailed();
        _ = socket.DiscardAsync();
        throw new LateConnectException(connection.Name, $"Connection '{connection.Name}' {problem}");
    }
}
