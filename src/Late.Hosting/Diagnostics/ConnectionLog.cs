using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Late.Hosting.Diagnostics;

/// <summary>
/// Every message that a connection logs, numbered. None holds a payload, a header's value or an address's query
/// (promise P12).
/// </summary>
/// <param name="logger">Where they go.</param>
/// <param name="isDevelopment">True where the host's environment is Development.</param>
internal sealed partial class ConnectionLog(ILogger logger, bool isDevelopment = false)
{
    /// <summary>The category: what an application names in its logging settings.</summary>
    public const string Category = "Late.Hosting";

    /// <summary>An exception as it may be logged: without its message, unless the options or the environment allow it.</summary>
    public Exception Loggable(Exception exception, LateConnectionOptions? options) =>
        options?.LogExceptionMessages ?? isDevelopment ? exception : RedactedException.Of(exception);

    /// <summary>A connection's name around everything that is logged until it is disposed, by its handler too.</summary>
    public IDisposable? BeginConnection(string connection) => logger.BeginScope(new LogScope("Connection", connection));

    /// <summary>A session's number around everything that is logged until it is disposed.</summary>
    public IDisposable? BeginSession(long number) => logger.BeginScope(new LogScope("Session", number));

    [LoggerMessage(1, LogLevel.Information, "{Connection}: connecting to {Address} (attempt {Attempt})", EventName = "Connecting")]
    public partial void Connecting(string connection, string address, int attempt);

    [LoggerMessage(2, LogLevel.Debug, "{Connection}: connected (attempt {Attempt})", EventName = "Connected")]
    public partial void Connected(string connection, int attempt);

    [LoggerMessage(3, LogLevel.Information, "{Connection}: ready (session {Session})", EventName = "Ready")]
    public partial void Ready(string connection, long session);

    [LoggerMessage(4, LogLevel.Warning, "{Connection}: attempt {Attempt} failed: {Reason}", EventName = "AttemptFailed")]
    public partial void AttemptFailed(string connection, int attempt, string reason);

    [LoggerMessage(5, LogLevel.Information, "{Connection}: session ended: {Reason}", EventName = "SessionEnded")]
    public partial void SessionEnded(string connection, string reason);

    [LoggerMessage(6, LogLevel.Information, "{Connection}: next attempt ({Attempt}) in {Seconds:0.00} s", EventName = "Waiting")]
    public partial void Waiting(string connection, double seconds, int attempt);

    [LoggerMessage(7, LogLevel.Information, "{Connection}: a new session was requested: {Reason}", EventName = "ReconnectRequested")]
    public partial void ReconnectRequested(string connection, string reason);

    [LoggerMessage(8, LogLevel.Critical, "{Connection}: failed permanently: {Reason} {Advice}", EventName = "Faulted")]
    public partial void Faulted(string connection, string reason, string advice, Exception? exception);

    [LoggerMessage(9, LogLevel.Information, "{Connection}: stopped: {Reason}", EventName = "Stopped")]
    public partial void Stopped(string connection, string reason);

    [LoggerMessage(10, LogLevel.Error, "{Connection}: {Callback} threw; the state is unchanged. Fix the callback, or catch in it what is no error", EventName = "CallbackThrew")]
    public partial void CallbackThrew(string connection, string callback, Exception exception);

    [LoggerMessage(11, LogLevel.Warning, "{Connection}: {Callback} has been running for {Duration}; frames, calls and posts wait until it completes. {Advice}", EventName = "CallbackRunning")]
    public partial void CallbackRunning(string connection, string callback, TimeSpan duration, string advice);

    public void CallbackRunning(string connection, string callback, TimeSpan duration, bool isDisposal) =>
        CallbackRunning(connection, callback, duration, isDisposal ? "Move long work out of the disposal" : "Move long work out of the callback");

    [LoggerMessage(12, LogLevel.Information, "{Connection}: {Callback} was canceled by the stop. To give it more time, raise CallbackGracePeriod", EventName = "CallbackCanceled")]
    public partial void CallbackCanceled(string connection, string callback);

    [LoggerMessage(13, LogLevel.Error, "{Connection}: {Callback} did not end in the time of the stop and was abandoned. {Advice}", EventName = "CallbackAbandoned")]
    public partial void CallbackAbandoned(string connection, string callback, string advice);

    public void CallbackAbandoned(string connection, string callback, bool isDisposal) => CallbackAbandoned(connection, callback, AdviceTo(isDisposal));

    [LoggerMessage(14, LogLevel.Error, "{Connection}: HandleTerminate was not run, because {Callback} still runs. {Advice}", EventName = "TerminateSkipped")]
    public partial void TerminateSkipped(string connection, string callback, string advice);

    public void TerminateSkipped(string connection, string callback, bool isDisposal) => TerminateSkipped(connection, callback, AdviceTo(isDisposal));

    [LoggerMessage(15, LogLevel.Error, "{Connection}: {Callback} did not end in the time of the stop and was abandoned. {Advice}", EventName = "TerminateTimedOut")]
    public partial void TerminateTimedOut(string connection, string callback, string advice);

    public void TerminateTimedOut(string connection, string callback, bool isDisposal) => TerminateTimedOut(connection, callback, AdviceTo(isDisposal));

    [LoggerMessage(16, LogLevel.Warning, "{Connection}: an accepted {Message} was dropped, because its session ended. Post again in HandleConnect what the next session needs", EventName = "PostDropped")]
    public partial void PostDropped(string connection, string message);

    [LoggerMessage(17, LogLevel.Warning, "{Connection}: {Count} frames were not sent, because their session has ended. Send again in HandleConnect what the next session needs", EventName = "FramesNotSent")]
    public partial void FramesNotSent(string connection, int count);

    [LoggerMessage(18, LogLevel.Debug, "{Connection}: the server did not complete the close handshake in time, and the connection was aborted. For a slow server, raise CloseTimeout, and HostOptions.ShutdownTimeout where that is shorter", EventName = "CloseTimedOut")]
    public partial void CloseTimedOut(string connection);

    [LoggerMessage(19, LogLevel.Error, "{Connection}: the reloaded configuration is invalid and was ignored; the previous settings stay in effect. {Problems}", EventName = "ReloadRefused")]
    public partial void ReloadRefused(string connection, string problems, Exception? exception = null);

    /// <summary>A reload was refused: by the checks, or by what a delegate of the application threw.</summary>
    public void ReloadRefused(string connection, Exception exception, LateConnectionOptions? options)
    {
        if (exception is OptionsValidationException)
        {
            ReloadRefused(connection, exception.Message);
        }
        else
        {
            ReloadRefused(connection, $"A configure delegate threw {TypeName.Of(exception.GetType())}.", Loggable(exception, options));
        }
    }

    [LoggerMessage(20, LogLevel.Warning, "{Connection}: session lost: {Reason}", EventName = "SessionLost")]
    public partial void SessionLost(string connection, string reason);

    [LoggerMessage(21, LogLevel.Warning, "{Connection}: ConfigureHandshake threw; the attempt failed. Fix the delegate, or catch in it what must not fail an attempt", EventName = "HandshakeThrew")]
    public partial void HandshakeThrew(string connection, Exception exception);

    [LoggerMessage(22, LogLevel.Debug, "{Connection}: receive paused: ReceiveBufferBytes reached", EventName = "ReadingPaused")]
    public partial void ReadingPaused(string connection);

    [LoggerMessage(23, LogLevel.Warning, "{Connection}: session rotation is due, and the next connection failed; the session continues until the next attempt. {Reason}", EventName = "RotationFailed")]
    public partial void RotationFailed(string connection, string reason);

    [LoggerMessage(24, LogLevel.Debug, "{Connection}: frames wait for SendLimit", EventName = "SendLimitReached")]
    public partial void SendLimitReached(string connection);

    [LoggerMessage(25, LogLevel.Warning, "{Connection}: {Count} frames wait for SendLimit, the maximum that its QueueLimit allows; the handler receives no more work until one has been sent. Send less, or raise SendLimit to what the server allows", EventName = "SendQueueFull")]
    public partial void SendQueueFull(string connection, int count);

    [LoggerMessage(26, LogLevel.Warning, "The configuration has {Section}, which is not read. Did you mean {Meant}?", EventName = "SectionNotRead")]
    public partial void SectionNotRead(string section, string meant);

    [LoggerMessage(27, LogLevel.Warning, "{Connection}: a caller has waited {Duration} for this connection, which the host has not started. The host starts its services in the order of their registration: register the connection before the service whose StartAsync waits for it, or wait in the ExecuteAsync of a BackgroundService", EventName = "NotStarted")]
    public partial void NotStarted(string connection, TimeSpan duration);

    [LoggerMessage(28, LogLevel.Warning, "{Connection}: the server selected none of the requested sub-protocols and may speak another one. Check SubProtocols against the server's documentation; to refuse such a session, check handshake.SubProtocol in HandleConnect", EventName = "NoSubProtocol")]
    public partial void NoSubProtocol(string connection);

    [LoggerMessage(29, LogLevel.Warning, "{Connection}: {Handler} receives {Service}, which is registered as scoped, and keeps it as long as the connection. Get it from CallbackServices of the LateContext in each callback that needs it", EventName = "ScopedService")]
    public partial void ScopedService(string connection, string handler, string service);

    [LoggerMessage(30, LogLevel.Error, "{Connection}: the upgrade is refused after a ready session; attempts continue, up to {MaxDelay} apart (Reconnect.RefusedMaxDelay), and health is unhealthy until the next ready session. Check the credentials and the address", EventName = "Refused")]
    public partial void Refused(string connection, TimeSpan maxDelay);

    [LoggerMessage(31, LogLevel.Information, "{Connection}: stopping waits for {What}, for at most {Limit}", EventName = "StopWaits")]
    public partial void StopWaits(string connection, string what, TimeSpan limit);

    [LoggerMessage(32, LogLevel.Warning, "The host may take {Longest} to stop {Connections} (CallbackGracePeriod twice, and CloseTimeout), longer than HostOptions.ShutdownTimeout ({ShutdownTimeout}); each part of a stop is then cut to its share. To avoid it, {Advice}raise ShutdownTimeout, or lower these options", EventName = "StopMayExceed")]
    public partial void StopMayExceed(TimeSpan longest, string connections, TimeSpan shutdownTimeout, string advice);

    [LoggerMessage(33, LogLevel.Debug, "{Connection}: preparing attempt {Attempt}", EventName = "Preparing")]
    public partial void Preparing(string connection, int attempt);

    [LoggerMessage(34, LogLevel.Information, "{Connection}: the address came from a message, and its origin is not one of Uri and Uris; configured headers, cookies and credentials are not sent. To send them, add the origin to AllowedOrigins", EventName = "ForeignOrigin")]
    public partial void ForeignOrigin(string connection);

    [LoggerMessage(35, LogLevel.Warning, "{Connection}: the goodbye of HandleClosing was cut short; the session closes without the rest of it. {Cause}", EventName = "GoodbyeCut")]
    public partial void GoodbyeCut(string connection, string cause);

    public void GoodbyeCutByTimeout(string connection, TimeSpan closeTimeout) => GoodbyeCut(
        connection, $"To give it more time, raise CloseTimeout ({closeTimeout}, of which a fifth is kept for the close handshake)");

    public void GoodbyeCutByShare(string connection, TimeSpan share) => GoodbyeCut(
        connection, $"The host's stop leaves {share} for it and the close handshake, less than CloseTimeout. To give it more time, raise HostOptions.ShutdownTimeout");

    public void GoodbyeCutByLease(string connection, TimeSpan left) => GoodbyeCut(
        connection, $"The lease left {left} for it and the close handshake, which is half of its margin. To give it more time, raise Margin of the lease");

    public void GoodbyeCutByStop(string connection) => GoodbyeCut(
        connection, "The token of the stop was canceled. To give it more time, raise HostOptions.ShutdownTimeout, or cancel the token of StopAsync later");

    [LoggerMessage(36, LogLevel.Warning, "{Connection}: the next connection, which is made before the session ends, failed; the session continues. {Reason}", EventName = "ReconnectFailed")]
    public partial void ReconnectFailed(string connection, string reason);

    [LoggerMessage(37, LogLevel.Information, "{Connection}: a new life begins in {Seconds:0.00} s (OnFault = Restart)", EventName = "Restarting")]
    public partial void Restarting(string connection, double seconds);

    [LoggerMessage(38, LogLevel.Information, "{Connection}: life {Life} begins, with a new handler", EventName = "LifeBegins")]
    public partial void LifeBegins(string connection, long life);

    [LoggerMessage(39, LogLevel.Error, "{Connection}: the disposal of the services that {Callback} used threw; nothing else changes. Fix the disposal of the scoped service", EventName = "DisposalThrew")]
    public partial void DisposalThrew(string connection, string callback, Exception exception);

    [LoggerMessage(40, LogLevel.Information, "{Connection}: a new life begins in {Seconds:0.00} s, as requested", EventName = "LifeRequested")]
    public partial void LifeRequested(string connection, double seconds);

    [LoggerMessage(41, LogLevel.Information, "{Connection}: a result of the handler requested a new session, which does not follow: {Reason}{Advice}", EventName = "RequestIgnored")]
    public partial void RequestIgnored(string connection, string reason, string advice = "");

    public void RequestInSessionIgnored(string connection, string reason) =>
        RequestIgnored(connection, reason, " To close a session that HandleClosing holds open, return ReleaseClose()");

    [LoggerMessage(42, LogLevel.Information, "{Connection}: the next connection is made already, and becomes a session first; what was requested meanwhile is done then. {Request}", EventName = "RequestDeferred")]
    public partial void RequestDeferred(string connection, string request);

    [LoggerMessage(43, LogLevel.Information, "{Connection}: a new session was requested, and one follows already: {Reason}", EventName = "RequestAdded")]
    public partial void RequestAdded(string connection, string reason);

    [LoggerMessage(44, LogLevel.Warning, "{Connection}: the connection that was made for the next session becomes none, and is closed with the messages that have arrived on it", EventName = "NextConnectionDropped")]
    public partial void NextConnectionDropped(string connection);

    [LoggerMessage(EventId = 45, Message = "{Connection}: {Count} received messages were not handled, because the session was closed", EventName = "FramesNotHandled")]
    public partial void FramesNotHandled(LogLevel level, string connection, int count);

    // A disposal has no token.
    private static string AdviceTo(bool isDisposal) => isDisposal
        ? "Limit the time of what the disposal awaits: it has no CancellationToken"
        : "Pass its CancellationToken to what it awaits";
}
