namespace Late.Hosting.Mutations.Table;

/// <summary>Pings, writes, the send limit, and the end of a connection.</summary>
internal static class Conversation
{
    public static IEnumerable<Mutation> Mutations =>
    [
        new("pong-acknowledges-one-ping", "RFC 6455 §5.5.3: a pong acknowledges all earlier pings", Finder.HostilePeer,
            new Edit("Pings.cs",
                "answered = [.. _sent.TakeWhile(sent => sent.Number <= number)]; _sent.RemoveRange(0, answered.Length);",
                "answered = [.. _sent.Where(sent => sent.Number == number)]; _sent.RemoveAll(sent => sent.Number == number);")),
        new("written-frame-may-be-unknown", "P6: a write that succeeded is a success", Finder.HostilePeer,
            new Edit("SessionOutput.cs", "if (end <= written) {", "if (end <= written && session.Ending is null) {")),
        new("supervisor-stop-waits-for-its-caller", "P14: a callback that stops its own connection does not wait for itself", Finder.HostilePeer,
            new Edit("Supervisor.cs",
                "await CallbackScope.RunOutside(connection.Core, () => StopAsync(connection, cancellationToken)).ConfigureAwait(false);",
                "await StopAsync(connection, cancellationToken).ConfigureAwait(false);"),
            new Edit("ConnectionService.cs", "CallbackScope.RunOutside(connection, () => StopOutsideAsync(end, cancellationToken));", "StopOutsideAsync(end, cancellationToken);")),
        new("ready-is-logged-under-the-lock", "§2: a log that blocks holds up nobody who ends the session", Finder.HostilePeer,
            new Edit("Session.cs",
                "_isLoggingReady = true; } // Not under the lock: a log that takes its time holds up nobody who ends the session. The end is logged after this, here // where it comes meanwhile. _connection.Log.Ready(_connection.Name, Number);",
                "_isLoggingReady = true; _connection.Log.Ready(_connection.Name, Number); }")),
        new("disposed-host-stops-nothing", "P3: HandleTerminate says HostStopping where the host was disposed", Finder.HostilePeer,
            new Edit("ConnectionService.cs", "_ = StopAsync(SessionEnd.HostDisposed, CancellationToken.None).Observed();", ""),
            new Edit("ConnectionService.cs",
                "? new LateTerminateReason(connection.Status.StoppedBy, status.Reason)",
                "? new LateTerminateReason(_stops ? connection.Status.StoppedBy : LateTerminateKind.HandlerStopped, status.Reason)")),
        new("sent-frame-counts-from-its-decision", "P8: SendLimit counts from the end of the write", Finder.Simulation,
            new Edit("SendWindow.cs", "if (unwritten.IsOver)", "if (unwritten.Frames > 0)")),
    ];
}
