using Late.Hosting.Connection.Lifecycle;

namespace Late.Hosting.Connection.Calls;

/// <summary>Makes the calls without a caller of a connection's sessions.</summary>
internal sealed class SessionEntries(ConnectionContext connection) : ISessionEntries
{
    public LateCall Begin()
    {
        if (connection.Session is not { } session)
        {
            throw ConnectionFailure.NotReady(connection.Lifecycle, "An entry without a caller belongs to a session: add it in HandleConnect, or in a later callback of the session.")
                .ToException(connection.Name, LateDelivery.NotDelivered);
        }

        var call = new OwnCall(connection.CallContext, connection.Mailbox, session.Number);
        call.StartClock(null, connection.Options.CallTimeout);
        session.Calls.Track(call);
        if (connection.Session != session)
        {
            // Its calls may have failed before this one was among them.
            call.Refuse(ConnectionFailure.Disconnected(session.Ending!));
        }

        return call.Call;
    }
}
