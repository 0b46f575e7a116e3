namespace Late.Hosting.Mutations.Table;

/// <summary>What an attempt begins with: its address, what the handler sets, and what may be sent where.</summary>
internal static class Attempts
{
    public static IEnumerable<Mutation> Mutations =>
    [
        new("foreign-origin-gets-the-configured-headers", "P12: no configured header for a foreign origin", Finder.Simulation,
            new Edit("MessageAddress.cs", "request.Headers.Remove(name);", "")),
        new("header-of-the-handler-is-withheld", "P12: what HandleConnecting sets is its own will", Finder.Simulation,
            new Edit("MessageAddress.cs", "if (!_headers.TryGetValue(name, out var own) || own != value)", "if (true)")),
        new("address-from-a-message-leaves-TLS", "P12: wss never becomes ws", Finder.Simulation,
            new Edit("MessageAddress.cs", "if (address.Scheme == Uri.UriSchemeWs && ", "if (false && ")),
        new("another-port-is-the-same-origin", "P12: an origin is scheme, host and port", Finder.Tests("*MessageAddressTests"),
            new Edit("MessageAddress.cs", "(one.Scheme, one.IdnHost, one.Port) == (other.Scheme, other.IdnHost, other.Port)", "(one.Scheme, one.IdnHost) == (other.Scheme, other.IdnHost)")),
        new("foreign-server-gets-the-client-certificate", "P12: no client certificate for a foreign origin", Finder.Tests("*HttpSettingsTests"),
            new Edit("HttpSettings.cs", "CertificateChainPolicy = settings.CertificateChainPolicy,", "CertificateChainPolicy = settings.CertificateChainPolicy, ClientCertificates = settings.ClientCertificates,")),
        new("failed-address-is-tried-again", "P10: a failed attempt moves on to the next address", Finder.Tests("*AddressesTests"),
            new Edit("SessionCycle.cs", "_addresses.OnFailed(address, connection.Options);", "")),
        new("attempt-to-replace-a-session-ends-with-it", "§2a: what the server may have accepted follows a session that is lost", Finder.Tests("*LostWhileConnectingTests"),
            new Edit("LifecycleTransitions.cs", "candidate.IsDetached = true;", "")),
        new("attempt-of-a-lost-session-is-not-taken-over", "§2a: an upgraded candidate is adopted", Finder.Tests("*LostWhileConnectingTests"),
            new Edit("Decision.cs", "return history.HasCandidate && outcome is", "return history.HasAnotherAddress && outcome is")),
        new("attempt-to-replace-a-session-goes-to-the-configured-address", "§2a: LateReconnect.Uri is that of its attempt", Finder.Tests("*LostWhileConnectingTests"),
            new Edit("SessionSwitch.cs", "await connect(candidate, address, _failure)", "await connect(candidate, null, _failure)")),
        new("refusal-after-a-loss-is-that-of-a-switch", "§2a: where the session is lost, a refusal is that of the next attempt", Finder.Tests("*LostWhileConnectingTests"),
            new Edit("SessionSwitch.cs", "if (candidate.IsDetached && !connection.Effects.Run(connection.Lifecycle.RefuseCandidate(session, candidate)))", "if (candidate.IsDetached && !connection.Effects.Run(connection.Lifecycle.RefuseCandidate(session, candidate)) && connection.Lifecycle.IsEnding)")),
        new("address-that-refused-after-a-loss-is-tried-again", "P10: a failed attempt moves on to the next address", Finder.Tests("*LostWhileConnectingTests"),
            new Edit("SessionCycle.cs", "next is null ? attempt!.Address : next.Address", "attempt?.Address")),
        new("attempt-that-is-taken-over-counts-as-none", "P10: one attempt counts once", Finder.Tests("*LostWhileConnectingTests"),
            new Edit("SessionCycle.cs", "connection.Statistics.CountAttempt();", "if (next is null) { connection.Statistics.CountAttempt(); }")),
        new("attempt-that-is-taken-over-counts-twice", "P10: one attempt counts once", Finder.Tests("*LostWhileConnectingTests"),
            new Edit("SessionCycle.cs", "return await ConnectAsync(attempt, default).ConfigureAwait(false);", "connection.Statistics.CountAttempt(); return await ConnectAsync(attempt, default).ConfigureAwait(false);")),
        new("attempt-outlasts-what-its-handler-wants-instead", "§2a: a delay or another address discards the candidate", Finder.Tests("*LostWhileConnectingTests"),
            new Edit("SessionCycle.cs", "if (!outcome.Adopts)", "if (number < 0)")),
        new("refusal-of-one-address-is-permanent", "P10: a refusal is permanent when each address has refused", Finder.Tests("*AddressesTests"),
            new Edit("Addresses.cs", "return All(options).Any(other => !_refused.Contains(other.OriginalString));", "return false;")),
        new("state-before-an-attempt-is-lost", "P2: HandleConnecting returns the next state", Finder.Simulation,
            new Edit("LifeCallbacks.cs", "state.Apply(await CompleteAsync(handshake, cancellationToken).ConfigureAwait(false));", "await CompleteAsync(handshake, cancellationToken).ConfigureAwait(false);")),
        new("previous-outcome-is-lost", "§2a: handshake.Previous is the outcome before", Finder.Simulation,
            new Edit("ConnectAttempt.cs", "Previous = _plan.Previous,", "")),
        new("IsTransient-of-an-exception-is-ignored", "§2a: the exception specifies what follows", Finder.Simulation,
            new Edit("Decision.cs", "error.IsTransient ?? IsTransient(outcome, options)", "IsTransient(outcome, options)")),
        new("callback-that-continues-keeps-the-permit", "P10: an attempt whose time is over keeps no permit from others", Finder.Simulation,
            new Edit("ConnectAttempt.cs", "static attempt => ((ConnectAttempt)attempt!).Dispose()", "static _ => { }")),
        new("attempt-during-a-session-does-not-wait-for-its-callbacks", "P1: one at a time", Finder.Simulation,
            new Edit("SessionCycle.cs", "ConnectingItem.RunAsync(connection.Mailbox, session, handshake, cancellationToken)", "runner.Life.ConnectingAsync(handshake, cancellationToken)")),
    ];
}
