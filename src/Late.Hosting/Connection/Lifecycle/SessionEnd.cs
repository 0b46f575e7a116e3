using Late.Hosting.Diagnostics;

namespace Late.Hosting.Connection.Lifecycle;

/// <summary>How a session ends: why, how it is closed, and what follows. <c>Decision</c> makes of it what users see.</summary>
internal sealed record SessionEnd
{
    public required LateDisconnectReason Reason { get; init; }

    /// <summary>The same in one sentence, without secrets.</summary>
    public required string Description { get; init; }

    /// <summary>What was thrown, where something was.</summary>
    public Exception? Exception { get; init; }

    /// <summary>The content of the server's close frame; null where it sent none.</summary>
    public (int? Code, string Reason)? ServerClose { get; init; }

    /// <summary>That is a code that the options name as permanent.</summary>
    public bool HasPermanentCode { get; init; }

    /// <summary>The number of the session; 0 before it has ended.</summary>
    public long Session { get; init; }

    /// <summary>How long the session was ready; null where it never was, and before it has ended.</summary>
    public TimeSpan? ReadyFor { get; init; }

    public NextStep Next { get; init; } = NextStep.Reconnect;

    /// <summary>The code of the close frame that we send; null for one without.</summary>
    public int? CloseCode { get; init; }

    /// <summary>False where the peer no longer reads what is written.</summary>
    public bool CanWrite { get; init; } = true;

    public string CloseReason { get; init; } = "";

    /// <summary>How long goodbye and close handshake may take; null for <see cref="LateConnectionOptions.CloseTimeout"/>.</summary>
    public TimeSpan? CloseWithin { get; init; }

    /// <summary>The timestamp from which that time counts, also where a callback runs first; null for the beginning of the goodbye.</summary>
    public long? CloseFrom { get; init; }

    /// <summary>How long the callback before them may take; null for <see cref="LateConnectionOptions.CallbackGracePeriod"/>.</summary>
    public TimeSpan? CallbackWithin { get; init; }

    /// <summary>What the server sent before it ended is still handled.</summary>
    public bool HandlesRest { get; init; }

    /// <summary>What the server sends behind our close frame is handled too: the next connection has been made already.</summary>
    public bool HandlesLastFrames { get; init; }

    /// <summary>The handler's own result asked for it: no goodbye precedes it (promise P18).</summary>
    public bool IsByHandler { get; init; }

    /// <summary>The delay that the handler asked for.</summary>
    public TimeSpan? After { get; init; }

    /// <summary>The address of the attempt that follows; null for the configured one.</summary>
    public Uri? Uri { get; init; }

    /// <summary>The handler has asked for that address.</summary>
    public bool HasUriOfHandler { get; init; }

    /// <summary>What was requested; null where it was a new session and nothing else.</summary>
    public LateReconnect? Request { get; init; }

    /// <summary>Options have changed that an attempt reads.</summary>
    public bool HasNewOptions { get; init; }

    /// <summary>A connection that was made before is not what follows: a delay or another address is requested, other options, or a handler with a new life.</summary>
    public bool NeedsNewAttempt => Restart || HasNewOptions || After is not null || Uri is not null;

    /// <summary>A new session was requested: the rules of reconnecting do not apply.</summary>
    public bool IsRequested { get; init; }

    /// <summary>We ended it, or the server in good order: nothing to worry about.</summary>
    public bool IsExpected => Reason is LateDisconnectReason.ReconnectRequested or LateDisconnectReason.HandlerStopped
        or LateDisconnectReason.HostStopping or LateDisconnectReason.SupervisorStopping or LateDisconnectReason.Rotated
        || ServerClose is { Code: LateCloseCode.NormalClosure or LateCloseCode.GoingAway or LateCloseCode.ServiceRestart };

    /// <summary>No session follows, so that to try again would not help.</summary>
    public bool IsFinal => Reason is LateDisconnectReason.HostStopping or LateDisconnectReason.SupervisorStopping or LateDisconnectReason.HandlerStopped;

    /// <summary>What ends the connection, where this is its stop.</summary>
    public LateTerminateKind TerminateKind => Reason switch
    {
        LateDisconnectReason.HostStopping => LateTerminateKind.HostStopping,
        LateDisconnectReason.SupervisorStopping => LateTerminateKind.SupervisorStopping,
        _ => LateTerminateKind.HandlerStopped,
    };

    /// <summary>Attempts are counted from the first again: a new session was wanted, and no delay before it.</summary>
    public bool IsImmediate { get; init; }

    /// <summary>The handler's state is initialized again.</summary>
    public bool Restart { get; init; }

    /// <summary>The session counts as a failed attempt: it was never ready, and not because it was wanted no longer.</summary>
    public bool CountsAsFailed => ReadyFor is null && Next != NextStep.Stop && !IsImmediate;

    public static SessionEnd Closed(int? code, string reason) => new()
    {
        Reason = LateDisconnectReason.ClosedByServer,
        Description = Describe("The server closed the connection", code, reason),
        ServerClose = (code, reason),
        CloseCode = code,
        HandlesRest = true,
    };

    public static SessionEnd Lost(string description, Exception? exception) => new()
    {
        Reason = LateDisconnectReason.ConnectionLost,
        Description = description,
        Exception = exception,
        CanWrite = false,
        HandlesRest = true,
    };

    public static SessionEnd Broken(int closeCode, string description, Exception? exception = null) => new()
    {
        Reason = LateDisconnectReason.ProtocolError,
        Description = description,
        Exception = exception,
        CloseCode = closeCode,
        HandlesRest = true,
    };

    public static SessionEnd TimedOut(LateDisconnectReason reason, string description, int? closeCode) => new()
    {
        Reason = reason,
        Description = description,
        CloseCode = closeCode,
        CanWrite = closeCode is not null,
    };

    public static SessionEnd Requested(string reason) => new()
    {
        Reason = LateDisconnectReason.ReconnectRequested,
        Description = reason.Length == 0 ? "A new session was requested." : $"A new session was requested: {reason}",
        CloseCode = LateCloseCode.NormalClosure,
        CloseReason = reason,
        IsRequested = true,
        IsImmediate = true,
    };

    /// <summary>The end that a client asks for, immediately or after a delay.</summary>
    public static SessionEnd Requested(LateReconnect request) => Requested(request.Reason) with
    {
        CloseCode = request.CloseCode,
        After = request.After,
        IsImmediate = request.After is null,
        Uri = request.Uri,
        Request = request,
    };

    /// <summary>The end that a change of options asks for.</summary>
    public static SessionEnd Changed(string options) => Requested($"{options} changed in the configuration.") with { HasNewOptions = true };

    public static SessionEnd Rotated { get; } = new()
    {
        Reason = LateDisconnectReason.Rotated,
        Description = "The session is rotated.",
        CloseCode = LateCloseCode.NormalClosure,
        IsRequested = true,
        IsImmediate = true,
    };

    /// <summary>The lease comes to its end: there is time for a goodbye.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="within">How long goodbye and close handshake may take.</param>
    /// <param name="from">The timestamp from which that counts.</param>
    public static SessionEnd LeaseYielded(string reason, TimeSpan within, long from) => LeaseLost(reason) with
    {
        CanWrite = true,
        CloseCode = LateCloseCode.NormalClosure,
        CloseWithin = within,
        CloseFrom = from,
    };

    /// <summary>The lease is over: nothing is written any more.</summary>
    public static SessionEnd LeaseLost(string reason) => new()
    {
        Reason = LateDisconnectReason.LeaseLost,
        Description = reason,
        CanWrite = false,
        IsRequested = true,
        IsImmediate = true,
    };

    public static SessionEnd HostStopping { get; } = Stopping(LateDisconnectReason.HostStopping, "The host is stopping.");

    public static SessionEnd HostDisposed { get; } = Stopping(LateDisconnectReason.HostStopping, "The host was disposed without having been stopped.");

    public static SessionEnd HandlerStopped { get; } = Stopping(LateDisconnectReason.HandlerStopped, "The handler stopped the connection.");

    public static SessionEnd SupervisorStopping { get; } = Stopping(LateDisconnectReason.SupervisorStopping, "The supervisor stopped the connection.");

    public static SessionEnd HandlerFailed(string callback, Exception exception, LateHandlerErrorBehavior policy) => new()
    {
        Reason = LateDisconnectReason.HandlerError,
        Description = ThrownText.Of(callback, exception),
        Exception = exception,
        CloseCode = LateCloseCode.InternalError,
        Next = policy == LateHandlerErrorBehavior.Stop ? NextStep.Fault : NextStep.Reconnect,
        Restart = policy == LateHandlerErrorBehavior.Restart,
    };

    /// <summary>The end that a callback's result asks for.</summary>
    public static SessionEnd FromHandler(NextStep next, int closeCode, string closeReason, TimeSpan? after) => new()
    {
        Reason = next == NextStep.Stop ? LateDisconnectReason.HandlerStopped : LateDisconnectReason.ReconnectRequested,
        Description = Describe(
            next == NextStep.Stop ? "The handler stopped the connection" : "The handler requested a new session",
            next == NextStep.Stop ? closeCode : null,
            closeReason),
        CloseCode = closeCode,
        CloseReason = closeReason,
        Next = next,
        IsByHandler = true,
        After = after,
        IsRequested = next == NextStep.Reconnect,
    };

    /// <summary>The handler reports a fault.</summary>
    /// <exception cref="ArgumentException">The reason is empty.</exception>
    public static SessionEnd FaultedByHandler(string reason, Exception? exception)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        return new()
        {
            Reason = LateDisconnectReason.HandlerFaulted,
            Description = $"The handler faulted the connection: {reason}{(reason[^1] is '.' or '!' or '?' ? "" : ".")}",
            Exception = exception,
            CloseCode = LateCloseCode.InternalError,
            Next = NextStep.Fault,
        };
    }

    /// <summary>
    /// The end of a session that something else ends while a close of ours is in progress. The first reason counts, unless the other one
    /// allows no further session.
    /// </summary>
    public SessionEnd EndedBy(SessionEnd other) =>
        ReferenceEquals(this, other) ? this
        : Next == NextStep.Reconnect && other.Next is (NextStep.Stop or NextStep.Fault) ? other with { ReadyFor = ReadyFor, Session = Session }
        : this with
        {
            ServerClose = other.ServerClose,
            CloseCode = other.ServerClose is null && other.Reason != LateDisconnectReason.ProtocolError ? CloseCode : other.CloseCode,
            CanWrite = other.CanWrite,
            HandlesRest = other.HandlesRest,
        };

    /// <summary>
    /// The same end, with what is still requested that comes behind it: the delay, the address, and the close frame where its code is not the
    /// default one, so that it does not replace what was chosen.
    /// </summary>
    public SessionEnd FollowedBy(SessionEnd request) => this with
    {
        After = request.After ?? After,
        Uri = request.Uri ?? Uri,
        HasUriOfHandler = (request.Uri is null ? this : request).HasUriOfHandler,
        HasNewOptions = HasNewOptions || request.HasNewOptions,
        CloseCode = request.CloseCode == LateCloseCode.NormalClosure ? CloseCode : request.CloseCode,
        CloseReason = request.CloseCode == LateCloseCode.NormalClosure ? CloseReason : request.CloseReason,
    };

    /// <summary>
    /// The same end, with what was requested before it and has not been done: the close code too, where this one is a request with the default one. A client's
    /// request without a delay has no delay, nor has a reload.
    /// </summary>
    public SessionEnd InPlaceOf(SessionEnd? before) => before?.FollowedBy(this) is not { } both ? this : this with
    {
        After = IsRequested && !IsByHandler ? After : both.After,
        Uri = both.Uri,
        HasUriOfHandler = both.HasUriOfHandler,
        HasNewOptions = both.HasNewOptions,
        HandlesLastFrames = HandlesLastFrames || (IsRequested && before.HandlesLastFrames),
        CloseCode = IsRequested ? both.CloseCode : CloseCode,
    };

    /// <summary>The same for what was put off to the session; what wanted nothing but one has it. What came before it was one is handled, as for that alone.</summary>
    public SessionEnd Behind(SessionEnd? before) => before is null ? this : (before.NeedsNewAttempt ? InPlaceOf(before) : this) with { HandlesLastFrames = true };

    /// <summary>The same end, where the connection is made already that follows: what the server still sends is handled.</summary>
    public SessionEnd FollowedByMade() => this with { After = null, IsImmediate = !IsByHandler, Uri = null, HasNewOptions = false, HandlesLastFrames = true };

    private static SessionEnd Stopping(LateDisconnectReason reason, string description) => new()
    {
        Reason = reason,
        Description = description,
        CloseCode = LateCloseCode.NormalClosure,
        Next = NextStep.Stop,
    };

    private static string Describe(string what, int? code, string? reason) =>
        $"{what}{(code is { } number ? $" with {number}" : "")}{(string.IsNullOrEmpty(reason) ? "" : $" \"{reason}\"")}.";
}
