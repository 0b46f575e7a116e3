using Late.Hosting.Connection.Lifecycle;
using Late.Hosting.Connection.Mailboxes;
using Late.Hosting.Diagnostics;
using Late.Hosting.Transport;

namespace Late.Hosting.Connection.Sessions;

/// <summary>
/// Replaces a session where more is to be done than to end it: makes the next connection while it continues, and lets its calls
/// finish.
/// </summary>
/// <param name="connection">The connection.</param>
/// <param name="session">The session.</param>
/// <param name="handler">The handler, which is notified where the next connection fails.</param>
/// <param name="connect">Connects the next one to an address, or to the configured one; receives why the last one failed, where one did.</param>
/// <param name="onFailed">Receives the configured address at which it cannot be made; null for another one.</param>
internal sealed class SessionSwitch(
    ConnectionContext connection,
    Session session,
    ILateHandler handler,
    Func<Candidate, Uri?, LateConnectException?, Task<WebSocketConnection>> connect,
    Action<Uri?> onFailed)
{
    // One at a time: a request that comes during another one is carried out where that fails.
    private readonly SemaphoreSlim _slot = new(1);

    // That of the connection: what flows with the callback or the request that asks for it has no part in the attempt.
    private readonly ExecutionContext _flow = ExecutionContext.Capture()!;

    private volatile Task _connecting = Task.CompletedTask;
    private volatile bool _awaitsMessage;
    private LateConnectException? _failure;
    private volatile Candidate? _candidate;

    // The last request for an address, of those that have not failed.
    private volatile SessionEnd? _requested;

    /// <summary>
    /// The request for the address at which the next connection was to be made, where the session has ended before that began; the next attempt goes there.
    /// </summary>
    public SessionEnd? Requested => _candidate is { IsDetached: true } ? null : _requested;

    /// <summary>Done when no next connection is being made, nor waits for its first message.</summary>
    public Task Connecting => _connecting;

    /// <summary>True while the next connection is made, and waits for its first message.</summary>
    public bool AwaitsMessage => _awaitsMessage;

    /// <summary>Begins to do what a client asks for.</summary>
    /// <returns>False where the session has ended already.</returns>
    public bool Begin(LateReconnect request) => Begin(request, SessionEnd.Requested(request));

    /// <summary>Begins to do what was asked for.</summary>
    /// <param name="request">What was asked for.</param>
    /// <param name="end">How the session ends by it.</param>
    /// <returns>False where the session has ended already.</returns>
    public bool Begin(LateReconnect request, SessionEnd end)
    {
        if (TryAmend(end))
        {
            return true;
        }

        if (!request.ConnectsFirst)
        {
            return session.Drain.Begin(end);
        }

        // In the place of what the session has not come to.
        end = end.Behind(connection.Lifecycle.TakeDeferred(session));
        ConnectFirst(request, end);
        return !session.IsLeaving;
    }

    /// <summary>Begins to do what was requested when its connection was made already, and was no session yet.</summary>
    public void BeginDeferred()
    {
        if (connection.Effects.Run(connection.Lifecycle.BeginDeferred(session)))
        {
            session.Drain.Limit();
        }
        else if (connection.Lifecycle.TakeDeferred(session) is { Request: { } request } end)
        {
            ConnectFirst(request, end with { HandlesLastFrames = true });
        }
    }

    /// <summary>Makes the next connection, and ends the session when it is there.</summary>
    /// <exception cref="LateConnectException">It cannot be made; the session continues.</exception>
    /// <exception cref="OperationCanceledException">The session ended first, or the connection is not needed any more.</exception>
    public Task ConnectAsync(LateReconnect request, SessionEnd end)
    {
        var connecting = ConnectNextAsync(request, end);
        Note(connecting);
        return connecting;
    }

    private async Task ConnectNextAsync(LateReconnect request, SessionEnd end)
    {
        var requested = request.Uri is null ? null : end;
        _requested = requested ?? _requested;

        using var scope = connection.Log.BeginSession(session.Number);
        try
        {
            await _slot.WaitAsync(session.Left).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            AmendSwitch(end);
            throw;
        }

        try
        {
            if (session.PendingEnd is not null || session.IsLeaving)
            {
                // It is being replaced already.
                AmendSwitch(end);
                return;
            }

            // The one before it may have failed at the same address.
            Interlocked.CompareExchange(ref _requested, requested, null);
            var candidate = _candidate = new Candidate { Request = end };
            if (await MakeAsync(candidate, request).ConfigureAwait(false) is not var (socket, hasMessage) || session.PendingEnd is not null)
            {
                // The session was lost meanwhile, or ends for another reason: the connection takes its place, unless another address follows.
                return;
            }

            if (request.SwitchWhen == LateSwitchWhen.FirstMessage && await WhyNoMessageAsync(hasMessage).ConfigureAwait(false) is { } problem)
            {
                Refuse(candidate, socket, problem);
                return;
            }

            // The address has been used, and nothing that the old session has sent is lost.
            if (connection.Effects.Run(connection.Lifecycle.Switch(session, candidate, end.FollowedByMade(), request.FinishCalls)))
            {
                session.Drain.Limit();
            }
        }
        catch (LateConnectException exception)
        {
            _failure = exception;
            onFailed(_candidate!.Address);
            _candidate = null;

            // That of a request that waits for this one stays.
            Interlocked.CompareExchange(ref _requested, null, requested);
            connection.Telemetry.SwitchRefused();
            connection.Errors.SwitchRefused(exception);
            if (end.HasNewOptions)
            {
                CloseForOptions(exception);
            }

            throw;
        }
        finally
        {
            _slot.Release();
        }
    }

    /// <summary>Makes the next connection, and reads what comes on it.</summary>
    /// <returns>The connection, and whether it has a first message before its end; null where the session does not continue.</returns>
    private async Task<(WebSocketConnection Socket, Task<bool> HasMessage)?> MakeAsync(Candidate candidate, LateReconnect request)
    {
        WebSocketConnection socket;
        using var left = session.Left.UnsafeRegister(static candidate => ((Candidate)candidate!).OnSessionLeft(), candidate);
        try
        {
            socket = await connect(candidate, request.Uri, _failure).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            candidate.Fail(exception);
            if (candidate.IsDetached && !connection.Effects.Run(connection.Lifecycle.RefuseCandidate(session, candidate)))
            {
                return null;
            }

            throw;
        }

        var hasMessage = socket.ReadAhead(connection.Options.ReceiveBufferBytes / 2);
        (candidate.FirstMessage, candidate.AwaitsMessage) = (hasMessage, request.SwitchWhen == LateSwitchWhen.FirstMessage);
        var continues = connection.Effects.Run(connection.Lifecycle.Prepare(session, candidate));
        candidate.Complete(socket);
        return continues ? (socket, hasMessage) : null;
    }

    /// <summary>What has waited for another request is for what follows, where that one replaces the session; otherwise what does was requested later.</summary>
    private void AmendSwitch(SessionEnd request)
    {
        if ((session.Ending ?? session.PendingEnd) is { HandlesLastFrames: true })
        {
            connection.Effects.Run(connection.Lifecycle.Amend(session, request));
        }
    }

    /// <summary>Where the session is being replaced already, what is requested is for what follows.</summary>
    private bool TryAmend(SessionEnd request) => session.PendingEnd is not null && connection.Effects.Run(connection.Lifecycle.Amend(session, request));

    private async Task ConnectFirstAsync(LateReconnect request, SessionEnd end)
    {
        try
        {
            await ConnectNextAsync(request, end).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The session ended first, and what follows its end is decided there.
        }
        catch (LateConnectException) when (end.HasNewOptions)
        {
            // It has ended the session.
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

    /// <summary>Options that have changed were to replace the session in any case.</summary>
    private void CloseForOptions(LateConnectException refusal)
    {
        var end = SessionEnd.Changed("Options");
        end = end with { Description = $"{end.Description} The connection that was to be made first failed: {LateException.WithoutName(connection.Name, refusal.Message)}", HandlesLastFrames = true };
        if (!TryAmend(end))
        {
            session.Close(end);
        }
    }

    private void ConnectFirst(LateReconnect request, SessionEnd end)
    {
        // It may have the address of an earlier request.
        request = request with { Uri = end.Uri };
        ExecutionContext.Run(_flow, _ => Note(ConnectFirstAsync(request, end)), null);
    }

    private void Note(Task connecting) => _connecting = _connecting.IsCompleted ? connecting.Observed() : Task.WhenAll(_connecting, connecting).Observed();

    private async Task<string?> WhyNoMessageAsync(Task<bool> hasMessage)
    {
        var timeout = connection.Options.ReadyTimeout;
        _awaitsMessage = true;
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
        finally
        {
            _awaitsMessage = false;
        }
    }

    /// <summary>The server has upgraded, and does not speak: that counts as a refusal.</summary>
    private void Refuse(Candidate candidate, WebSocketConnection socket, string problem)
    {
        if (!connection.Effects.Run(connection.Lifecycle.RefuseMade(session, candidate)))
        {
            // It is not the next any more: it has become a session, or something else was requested.
            return;
        }

        socket.SetFailed();
        _ = socket.DiscardAsync();
        throw new LateConnectException(connection.Name, $"Connection '{connection.Name}' {problem}");
    }
}
