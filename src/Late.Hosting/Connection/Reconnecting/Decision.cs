using System.Net;
using Late.Hosting.Configuration;
using Late.Hosting.Connection.Callbacks;
using Late.Hosting.Connection.Lifecycle;

namespace Late.Hosting.Connection.Reconnecting;

/// <summary>
/// What follows a failed attempt or the end of a session: pure functions of how it ended, what was before, and the options.
/// What users see of an end is made here and nowhere else.
/// </summary>
internal static class Decision
{
    /// <summary>The end of a session, as its handler sees it.</summary>
    public static LateDisconnect Disconnect(SessionEnd end) => new()
    {
        Reason = end.Reason,
        Description = end.Description,
        CloseCode = end.ServerClose?.Code,
        CloseReason = end.ServerClose?.Reason,
        Session = end.Session,
        WasReady = end.ReadyFor is not null,
        Exception = end.Exception,
    };

    /// <summary>How the connection continues after a session: a stop and a fault take precedence over what the handler wants.</summary>
    /// <param name="end">How the session ended.</param>
    /// <param name="request">What <c>HandleDisconnect</c> returned; null where it wants nothing, did not run or threw.</param>
    public static NextStep Next(SessionEnd end, DisconnectRequest? request) =>
        end.Next is NextStep.Stop or NextStep.Fault ? end.Next : request?.Next ?? NextStep.Continue;

    /// <summary>What follows a session. Where the handler wants nothing, a request for a new session is granted and the options decide about a loss.</summary>
    /// <inheritdoc cref="Next"/>
    public static LateSessionOutcome AfterSession(SessionEnd end, DisconnectRequest? request, AttemptHistory history, LateConnectionOptions options)
    {
        var outcome = new LateSessionOutcome
        {
            Attempt = history.Attempt,
            HasBeenReady = history.HasBeenReady,
            Disconnect = Disconnect(end),
            Exception = end.Exception,
            ReadyFor = end.ReadyFor ?? TimeSpan.Zero,
            IsStable = end.IsImmediate || end.ReadyFor >= options.Reconnect.StableAfter,
            IsImmediate = end is { IsImmediate: true, After: null },
            Delay = end.After,
            Restart = end.Restart,
        };
        outcome = Next(end, request) switch
        {
            NextStep.Stop or NextStep.Fault => outcome with { IsStable = false },
            NextStep.Reconnect => outcome with { ShouldReconnect = true, Delay = request!.After ?? outcome.Delay, IsImmediate = outcome.IsImmediate && request.After is null },
            _ => outcome with { ShouldReconnect = end.IsRequested || IsTransient(outcome, options) },
        };

        // The session was replaced, or lost while it was being replaced, and its handler stays and wants neither a delay nor another address.
        return history.HasCandidate && outcome is { ShouldReconnect: true, Delay: null, Restart: false } && request?.Uri is null
            ? outcome with { Adopts = true, Delay = TimeSpan.Zero }
            : outcome;
    }

    /// <summary>What follows an attempt that failed to connect.</summary>
    public static LateSessionOutcome AfterFailure(LateConnectException error, AttemptHistory history, LateConnectionOptions options)
    {
        var outcome = new LateSessionOutcome
        {
            Attempt = history.Attempt,
            HasBeenReady = history.HasBeenReady,
            Exception = error,
            Delay = error.RetryAfter,
            HasAnotherAddress = history.HasAnotherAddress,
            AsksAgain = error.StatusCode == HttpStatusCode.Unauthorized && history.CanAskAgain,
        };
        return outcome with { ShouldReconnect = error.IsTransient ?? IsTransient(outcome, options) };
    }

    /// <summary>True for a code that the options name as permanent: no new life follows by itself, unless <see cref="LateConnectionOptions.RestartPermanent"/> (promise P15).</summary>
    public static bool HasPermanentCode(LateSessionOutcome outcome, LateConnectionOptions options) => outcome switch
    {
        { Disconnect: { Reason: LateDisconnectReason.ClosedByServer, CloseCode: { } code } } => options.PermanentCloseCodes.Contains(code),
        { Disconnect: null, Exception: LateConnectException { StatusCode: { } status } } => options.PermanentStatusCodes.Contains(status),
        _ => false,
    };

    /// <summary>Whether a new life follows a fault by itself, as the options are then (promise P15): of one by such a code, or by another cause.</summary>
    public static Func<bool, bool> RestartsAfterFault(CurrentOptions<LateConnectionOptions> settings) => hasPermanentCode =>
        settings.Value is { OnFault: LateFaultBehavior.Restart } options && (options.RestartPermanent || !hasPermanentCode);

    /// <summary>
    /// Transient or permanent (promise P10), where the exception of the attempt does not specify it: a code that the options name as permanent is always that; about all else
    /// <see cref="LateReconnectOptions.ShouldReconnect"/> decides, by default <see cref="LateReconnectOptions.IsTransient"/>.
    /// </summary>
    private static bool IsTransient(LateSessionOutcome outcome, LateConnectionOptions options) =>
        !HasPermanentCode(outcome, options) && options.Reconnect.ShouldReconnect(outcome);
}
