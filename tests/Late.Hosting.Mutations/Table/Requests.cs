namespace Late.Hosting.Mutations.Table;

/// <summary>Attempts: one request each, when the next follows, and what ends them.</summary>
internal static class Requests
{
    public static IEnumerable<Mutation> Mutations =>
    [
        new("attempt-opens-several-connections", "P10: one attempt is one TCP connection", Finder.HostilePeer,
            new Edit("HttpExchange.cs", "if (_socket is not null && (IsInUse || !_isAnswered))", "if (_opened < 0)")),
        new("attempt-asks-again-over-http2", "P10: one attempt is one request", Finder.HostilePeer,
            new Edit("HttpExchange.cs", "if (_socket is not null && (IsInUse || !_isAnswered))", "if (_opened < 0)"),
            new Edit("UpgradeRequest.cs", "if (_sent == (RequestUri, authorization))", "if (_sent == (null, \"\"))")),
        new("refusal-keeps-its-connection", "P10: no attempt on a TCP connection that a refusal left open", Finder.HostilePeer,
            new Edit("HttpConnections.cs", "if (line.Exchange.IsClean)", "if (line.IsOverTcp)")),
        new("refusal-keeps-its-http2-connection", "P10: a failed attempt's HTTP/2 connection takes no new stream", Finder.HostilePeer,
            new Edit("HttpTransport.cs", "response?.Dispose(); place.Fail();", "response?.Dispose(); place.Dispose();")),
        new("session-that-was-never-ready-keeps-its-http2-connection", "P10: nor does that of a session that was never ready", Finder.HostilePeer,
            new Edit("Session.cs", "_socket.SetFailed();", "")),
        new("refusal-after-a-session-is-permanent", "P10: later than the first ready session a refusal is retried", Finder.HostilePeer,
            new Edit("Attempt.cs", "Delay = error.RetryAfter, HasBeenReady = connection.Status.WasReady,", "Delay = error.RetryAfter, HasBeenReady = false,")),
        new("401-is-not-asked-again", "P10: a 401 is asked once more where a token can be fetched again", Finder.Simulation,
            new Edit("Attempt.cs", "&& hooks.Handshake.Count > 0 && !_hasAskedAgain;", "&& hooks.Handshake.Count > 0 && _hasAskedAgain;")),
        new("401-is-asked-again-for-ever", "P10: once more, not again and again", Finder.Simulation,
            new Edit("Attempt.cs", "_hasAskedAgain |= asksAgain;", "")),
        new("permanent-codes-are-retried", "P10: PermanentStatusCodes are permanent always", Finder.Simulation,
            new Edit("Attempt.cs", "return !isPermanent && options.Reconnect.ShouldReconnect(outcome);", "return options.Reconnect.ShouldReconnect(outcome);")),
        new("no-jitter-at-the-maximum", "P10: jitter at the cap too", Finder.HostilePeer,
            new Edit("Backoff.cs", "return maxDelay * (0.5 + (0.5 * randomizer()));", "return maxDelay;")),
        new("backoff-never-grows", "P10: exponential backoff", Finder.Simulation,
            new Edit("Backoff.cs", "(_last, _step) = (next, _step + 1);", "")),
        new("date-of-retry-after-needs-another", "P10, RFC 9110 §6.6.1: a date counts from the time of receipt", Finder.HostilePeer,
            new Edit("RetryAfter.cs", ".FirstOrDefault(static date => date is not null) ?? received;", ".FirstOrDefault(static date => date is not null) ?? DateTimeOffset.MaxValue;")),
        new("retry-after-is-not-obeyed", "P10: Retry-After is obeyed", Finder.Simulation,
            new Edit("ReconnectPipeline.cs", "return retryAfter > retry.Delay || grown < retryAfter ? least : grown;", "return grown;")),
        new("budget-permit-is-not-waited-for", "P10: attempts wait for the budget", Finder.HostilePeer,
            new Edit("Attempt.cs", "await turn.WaitAsync().ConfigureAwait(false); connection.Status", "connection.Status")),
        new("handshake-hook-has-no-timeout", "P10: every attempt has a ConnectTimeout", Finder.Simulation,
            new Edit("Attempt.cs", "await configure(request, limit.Token).AsTask().Observed().WaitAsync(limit.Token).ConfigureAwait(false);", "await configure(request, limit.Token).ConfigureAwait(false);")),
        new("session-is-stable-at-once", "P10: the backoff starts over only after StableAfter", Finder.Simulation,
            new Edit("Attempt.cs", "(session.WasReady && session.ReadyFor >= options.Reconnect.StableAfter)", "session.WasReady")),
        new("refusals-are-as-frequent-as-losses", "P10: refusals are up to RefusedMaxDelay apart", Finder.Simulation,
            new Edit("ReconnectPipeline.cs", "outcome.IsRefused ? refusedMaxDelay : longest", "longest")),
    ];
}
