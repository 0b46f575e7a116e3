namespace Late.Hosting.Connection.Calls;

/// <summary>Begins calls.</summary>
internal static class CallBeginning
{
    /// <summary>Starts the clock of a call and submits it.</summary>
    /// <param name="call">The call.</param>
    /// <param name="connection">The connection.</param>
    /// <param name="defaults">Its options.</param>
    /// <param name="timeout">The timeout of the call itself; null for <see cref="LateConnectionOptions.CallTimeout"/>.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static void Begin(this PendingCall call, ConnectionContext connection, LateConnectionOptions defaults, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        call.StartClock(timeout, defaults.CallTimeout);
        call.ListenTo(cancellationToken);
        connection.StartWatch.NoteUse();
        var isAdmitted = connection.Mailbox.Submit(call);
        if (call.IsLimited && isAdmitted)
        {
            call.BeginSlot();
        }
        else if (call.IsLimited)
        {
            call.WaitForSlot(defaults.QueueTimeout);
        }

        if (call.IsOver)
        {
            // Ended while it was being submitted: no other code removes it.
            connection.Mailbox.Withdraw(call);
            connection.Mailbox.ReleaseSlot(call);
        }
    }
}
