using Late.Hosting.Budgets;
using Late.Hosting.Configuration;
using Late.Hosting.Diagnostics;
using Late.Hosting.Ownership;
using Late.Hosting.Transport;

namespace Late.Hosting.Connection.Reconnecting;

/// <summary>
/// One attempt to connect, for the next session or to replace an open one: waits for the budget's permit, has the handler
/// and the hooks complete the request, and upgrades.
/// </summary>
internal sealed class ConnectAttempt : IDisposable
{
    private const string Hook = "ConfigureHandshake";

    private readonly ConnectionContext _connection;
    private readonly ITransport _transport;
    private readonly AttemptPlan _plan;
    private readonly CancellationToken _stopping;
    private readonly CancellationToken _interrupted;
    private readonly ConnectPermit? _permit;

    // What of the application runs; null where nothing does.
    private string? _running;

    /// <summary>Begins it: it takes its place in the line of the budget.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="transport">Upgrades.</param>
    /// <param name="plan">What it begins with.</param>
    /// <param name="stopping">Canceled when the host stops.</param>
    /// <param name="interrupted">Canceled when it is no longer needed.</param>
    public ConnectAttempt(ConnectionContext connection, ITransport transport, AttemptPlan plan, CancellationToken stopping, CancellationToken interrupted)
    {
        (_connection, _transport, _plan, _stopping, _interrupted) = (connection, transport, plan, stopping, interrupted);
        _permit = ConnectPermit.Request(connection.Services, connection.Hooks.Budget, connection.Name, stopping, interrupted);
    }

    public bool HasPermit => _permit is null or { IsAcquired: true };

    /// <summary>The configured address that it has gone to; null where that was another one, or it did not come so far.</summary>
    public Uri? Address { get; private set; }

    /// <summary>True where the server chose none of the sub-protocols that it was offered.</summary>
    public bool LacksSubProtocol { get; private set; }

    private bool IsCanceled => _stopping.IsCancellationRequested || _interrupted.IsCancellationRequested;

    /// <summary>Connects and upgrades: measured and traced.</summary>
    /// <param name="onPermit">Called when it has its permit.</param>
    /// <exception cref="LateConnectException">It failed.</exception>
    /// <exception cref="OperationCanceledException">The attempt was canceled.</exception>
    public async Task<WebSocketConnection> ConnectAsync(Action? onPermit = null)
    {
        _connection.Statistics.CountAttempt();
        var telemetry = _connection.Telemetry.BeginAttempt(_plan.Number, _connection.Lifecycle.Lives);
        try
        {
            await WaitForPermitAsync().ConfigureAwait(false);
            onPermit?.Invoke();
            var socket = await PrepareAsync(_connection.Options, telemetry).ConfigureAwait(false);
            socket.AttemptContext = telemetry.Context;
            telemetry.Connected((int)socket.Handshake.StatusCode);
            return socket;
        }
        catch (LateConnectException exception)
        {
            _connection.Statistics.CountFailedAttempt();
            telemetry.Failed(exception);
            throw;
        }
        catch (OperationCanceledException)
        {
            telemetry.Canceled();
            throw;
        }
    }

    /// <summary>Gives back the permit.</summary>
    public void Dispose() => _permit?.Dispose();

    private async Task WaitForPermitAsync()
    {
        if (_permit is not null)
        {
            await _permit.WaitAsync().ConfigureAwait(false);
        }

        // The permit may have come in the moment in which the attempt was canceled: what listens to a token runs later, on another thread.
        _stopping.ThrowIfCancellationRequested();
        _interrupted.ThrowIfCancellationRequested();
    }

    private async Task<WebSocketConnection> PrepareAsync(LateConnectionOptions options, AttemptTelemetry telemetry)
    {
        try
        {
            return await UpgradeAsync(options, telemetry).ConfigureAwait(false);
        }
        catch (LateConnectException exception)
        {
            _permit?.OnFailed(exception);

            // One that the application has thrown may hold what its messages must not.
            throw Redaction.WithoutCredentials(exception);
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !IsCanceled)
        {
            // Its message is the application's. What HandleConnecting threw is logged with the other callbacks' exceptions.
            if (_running == Hook)
            {
                _connection.Log.HandshakeThrew(_connection.Name, _connection.Errors.Loggable(exception));
            }

            throw new LateConnectException(
                _connection.Name,
                $"Connection '{_connection.Name}' could not prepare its upgrade request: {_running} threw {exception.GetType().Name}. See the inner exception.",
                Redaction.WithoutCredentials(exception));
        }
    }

    private async Task<WebSocketConnection> UpgradeAsync(LateConnectionOptions options, AttemptTelemetry telemetry)
    {
        // A log that takes its time takes none of the attempt's.
        _connection.Log.Preparing(_connection.Name, _plan.Number);
        using var clock = new CancellationTokenSource(options.ConnectTimeout, _connection.Time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(clock.Token, _stopping, _interrupted);
        var configured = _plan.Addresses.Next(options);
        var term = _connection.Tenure?.Term;
        var request = new LateHandshakeContext(_connection.Name, _plan.Number, options, _connection.Services)
        {
            Uri = _plan.Requested ?? configured,
            Previous = _plan.Previous,
            Lease = term?.Lease,
            WriteGate = term,
        };
        try
        {
            _running = "HandleConnecting";
            using (limit.Token.UnsafeRegister(static attempt => ((ConnectAttempt)attempt!).Dispose(), this))
            {
                // One that outlasts the attempt is awaited, but keeps no permit from others.
                await _plan.Connecting(request, limit.Token).ConfigureAwait(false);
            }

            limit.Token.ThrowIfCancellationRequested();
            var address = MessageAddress.Of(request, configured, options);
            request.IsForeignOrigin = address is { IsForeign: true };
            _running = Hook;
            foreach (var configure in _connection.Hooks.Handshake)
            {
                await configure(request, limit.Token).AsTask().Observed().WaitAsync(limit.Token).ConfigureAwait(false);
            }

            _running = null;
            if (_connection.Lifecycle.IsEnding)
            {
                // In a connection that is seen to stop, none begins; the attempt is canceled in a moment.
                await UntilCanceledAsync(limit.Token).ConfigureAwait(false);
            }

            if (RequestCheck.Problem(request) is { } problem)
            {
                throw new LateConnectException(_connection.Name, $"Connection '{_connection.Name}' cannot connect: {problem}");
            }

            address?.Restrict(request);
            telemetry.SetAddress(request.Uri!);
            _connection.Log.Connecting(_connection.Name, Redaction.Redact(request.Uri!), _plan.Number);
            if (request.IsForeignOrigin)
            {
                _connection.Log.ForeignOrigin(_connection.Name);
            }

            // A refusal of an address that was requested with a query of its own shows nothing about the configured one.
            Address = (_plan.Requested is null ? Addresses.IsSameWithoutQuery(request.Uri!, configured) : request.Uri == configured) ? configured : null;
            var socket = await (term is null ? _transport.ConnectAsync(request, options, limit.Token) : ConnectWithinAsync(term, request, options, limit.Token)).ConfigureAwait(false);
            (socket.ConfiguredAddress, socket.WriteGate) = (Address, term);
            LacksSubProtocol = request.SubProtocols.Count > 0 && socket.Handshake.SubProtocol is null;
            return socket;
        }
        catch (OperationCanceledException exception) when (clock.IsCancellationRequested && !IsCanceled)
        {
            throw new LateConnectException(
                _connection.Name,
                _running is null
                    ? $"Connection '{_connection.Name}' received no answer to its upgrade request within ConnectTimeout ({options.ConnectTimeout}). Check the network and the server, or raise ConnectTimeout."
                    : $"Connection '{_connection.Name}' could not connect within ConnectTimeout ({options.ConnectTimeout}): {_running} did not complete in time. Pass its CancellationToken to what it awaits, or raise ConnectTimeout.",
                exception);
        }
    }

    /// <summary>Connects while a lease lasts.</summary>
    private async Task<WebSocketConnection> ConnectWithinAsync(ITerm term, LateHandshakeContext request, LateConnectionOptions options, CancellationToken cancellationToken)
    {
        if (term.MayWrite)
        {
            try
            {
                return await _transport.ConnectAsync(request, options, cancellationToken).ConfigureAwait(false);
            }
            catch (LateConnectException) when (!term.MayWrite)
            {
                // The request was not written, or what has failed is of no use.
            }
        }

        // The end of the lease, which cancels the attempt, was not noticed elsewhere yet.
        _connection.Tenure!.OnWriteRefused();
        await UntilCanceledAsync(cancellationToken).ConfigureAwait(false);
        throw new OperationCanceledException(cancellationToken);
    }

    private Task UntilCanceledAsync(CancellationToken cancellationToken) => Task.Delay(Timeout.InfiniteTimeSpan, _connection.Time, cancellationToken);
}
