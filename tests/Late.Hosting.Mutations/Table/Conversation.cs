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
                "await CallbackScope.RunOutside(connection.Context, () => StopAsync(connection, cancellationToken)).ConfigureAwait(false);",
                "await StopAsync(connection, cancellationToken).ConfigureAwait(false);"),
            new Edit("ConnectionService.cs", "CallbackScope.RunOutside(connection, () => StopOutsideAsync(end, share, cancellationToken));", "StopOutsideAsync(end, share, cancellationToken);")),
        new("disposed-host-was-stopped-by-its-handler", "P3: HandleTerminate reports HostStopping where the host was disposed", Finder.HostilePeer,
            new Edit("ConnectionService.cs", "StopAsync(SessionEnd.HostDisposed,", "StopAsync(SessionEnd.HandlerStopped,")),
        new("sent-frame-counts-at-its-decision", "P8: SendLimit counts at the end of the write", Finder.Simulation,
            new Edit("SendWindow.cs", "if (unwritten.IsOver)", "if (unwritten.Frames > 0)")),
    ];
}
