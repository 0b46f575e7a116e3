using System.Diagnostics;
using Late.Hosting.Connection.Calls;
using Late.Hosting.Connection.Lifecycle;
using Late.Hosting.Connection.Sessions;
using Late.Hosting.Diagnostics;

namespace Late.Hosting.Connection.Callbacks;

/// <summary>The callbacks of a handler's life (promise P3), which are awaited one by one; their exceptions are logged.</summary>
internal sealed class LifeCallbacks<TState>(
    ILateHandler<TState> handler, HandlerState<TState> state, RunningCallback callback, ResultWriter results, ConnectionContext connection) : ILifeCallbacks
{
    private Session? _session;
    private LateContext? _context;

    public bool IsInitialized { get; private set; }

    public bool IsConnected { get; private set; }

    public async Task InitAsync(CancellationToken cancellationToken)
    {
        await using var block = callback.BeginBlock("Init");
        _context = new LateContext(connection.Name, connection.Options, connection.Time) { Key = connection.Key, Entries = new SessionEntries(connection), FindServices = FindServices };
        state.Current = await handler.InitAsync(_context, cancellationToken).ConfigureAwait(false);
        IsInitialized = true;
    }

    public async Task ConnectingAsync(LateHandshakeContext handshake, CancellationToken cancellationToken)
    {
        await using var block = callback.BeginBlock("HandleConnecting");
        state.Apply(await CompleteAsync(handshake, default, cancellationToken).ConfigureAwait(false));
    }

    public ValueTask ConnectingInSessionAsync(LateHandshakeContext handshake, ActivityContext attempt, CancellationToken cancellationToken) =>
        state.ApplyAsync(CompleteAsync(handshake, attempt, cancellationToken));

    public async Task<SessionEnd?> ConnectAsync(Session session)
    {
        (_session, IsConnected) = (session, true);
        session.Handshake.Session = session.Number;
        _context!.SetSession(session.Number);
        await using var block = callback.BeginBlock("HandleConnect", results);
        var span = connection.Telemetry.StartSessionEvent("HandleConnect", session.Number, session.AttemptContext, isPartOfAttempt: true);
        using var traced = Spans.EndWith(span);
        try
        {
            state.Apply(await handler.HandleConnectAsync(session.Handshake, state.Current, session.Left).ConfigureAwait(false));
        }
        catch (Exception exception)
        {
            // One that ends with its session is no error.
            var isCanceled = session.IsLeaving && exception is OperationCanceledException;
            if (!isCanceled)
            {
                connection.Errors.CallbackThrew("HandleConnect", exception);
            }

            span?.SetFailed(exception.GetType().FullName!);
            var end = SessionEnd.HandlerFailed("HandleConnect", exception, connection.Options.HandlerErrors);
            end = isCanceled ? end with { Next = NextStep.Reconnect, Restart = false } : end;
            session.End(end);
            return end;
        }

        results.EndConnect();
        await results.FlushAsync().ConfigureAwait(false);
        return null;
    }

    public async Task CloseAsync(Session session)
    {
        await using var block = callback.BeginBlock("HandleClosing", results);
        using var traced = Spans.EndWith(connection.Telemetry.StartSessionEvent("HandleClosing", session.Number, session.AttemptContext, isPartOfAttempt: false));
        var goodbye = session.Goodbye;
        results.BeginGoodbye();
        try
        {
            var handling = handler.HandleClosingAsync(goodbye.Begin(callback), state.Current, goodbye.Token);
            if (!handling.IsCompleted)
            {
                goodbye.CheckTime();
            }

            state.Apply(await handling.ConfigureAwait(false));
            if (!session.IsSilent)
            {
                goodbye.CheckTime();
            }
        }
        catch (OperationCanceledException) when (goodbye.Token.IsCancellationRequested)
        {
            // It was cut short, which is logged.
        }
        catch (Exception exception)
        {
            connection.Errors.CallbackThrew("HandleClosing", exception);
        }

        results.EndGoodbye();
    }

    public async Task<DisconnectRequest?> DisconnectAsync(LateDisconnect disconnect)
    {
        IsConnected = false;
        await using var block = callback.BeginBlock("HandleDisconnect");
        var span = connection.Telemetry.StartSessionEvent("HandleDisconnect", _session?.Number, _session?.AttemptContext ?? default, isPartOfAttempt: false);
        using var traced = Spans.EndWith(span);
        span?.AddTag(LateTelemetry.SessionEndTag, TagValue.Of(disconnect.Reason)).AddTag("late.session.close_code", disconnect.CloseCode);
        try
        {
            var result = await handler.HandleDisconnectAsync(disconnect, state.Current, callback.Token).ConfigureAwait(false);
            state.Current = result.State;
            return result.Request;
        }
        catch (Exception exception)
        {
            span?.SetFailed(exception.GetType().FullName!);
            connection.Errors.CallbackThrew("HandleDisconnect", exception);
            return null;
        }
        finally
        {
            _context!.SetSession(0);
        }
    }

    public async Task TerminateAsync(LateTerminateReason reason, CancellationToken cancellationToken)
    {
        await using var block = callback.BeginBlock("HandleTerminate");
        try
        {
            await handler.HandleTerminateAsync(reason, state.Current, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            connection.Errors.CallbackThrew("HandleTerminate", exception);
        }
    }

    private IServiceProvider FindServices() => CallbackServices.Of(connection);

    private async ValueTask<LateResult<TState>> CompleteAsync(LateHandshakeContext handshake, ActivityContext attempt, CancellationToken cancellationToken)
    {
        var span = connection.Telemetry.StartConnecting(attempt);
        using var traced = Spans.EndWith(span);
        try
        {
            return LateResult.Ok(await handler.HandleConnectingAsync(handshake, state.Current, cancellationToken).ConfigureAwait(false));
        }
        catch (Exception exception)
        {
            span?.SetFailed(exception.GetType().FullName!);

            // A failure that the handler specifies, and a callback that ends with its attempt, are no errors of the callback.
            if (exception is not LateConnectException && !(exception is OperationCanceledException && cancellationToken.IsCancellationRequested))
            {
                connection.Errors.CallbackThrew("HandleConnecting", exception);
            }

            throw;
        }
    }
}
