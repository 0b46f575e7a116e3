namespace Late.Hosting;

/// <summary>The state of a connection.</summary>
public enum LateConnectionState
{
    /// <summary>The connection has not been started, or <c>Init</c> of its first life runs.</summary>
    NotStarted,

    /// <summary>
    /// An attempt is in progress: the name is resolved, the socket is connected, the upgrade is requested. Or a new life begins after a
    /// fault, and its <c>Init</c> runs.
    /// </summary>
    Connecting,

    /// <summary>The socket is open; the handler's <c>HandleConnect</c> runs, or holds calls back.</summary>
    Connected,

    /// <summary>The connection accepts calls.</summary>
    Ready,

    /// <summary>The session was lost or an attempt failed; the connection waits for the next attempt.</summary>
    Reconnecting,

    /// <summary>The connection is ending: it accepts no new work, and the socket is being closed.</summary>
    Stopping,

    /// <summary>The connection has stopped permanently.</summary>
    Stopped,

    /// <summary>
    /// The connection has failed permanently: it makes no further attempt, and every call fails immediately, until a new life begins:
    /// after a delay (<see cref="LateFaultBehavior.Restart"/>), by a changed option, or by <c>ReconnectAsync</c>.
    /// </summary>
    Faulted,

    /// <summary>
    /// Another host owns the connection, or the lease store cannot be asked: the connection waits for its lease. That is healthy, and counts as
    /// started. Calls wait or fail as before the connection is ready. Only a connection with a lease has this state.
    /// </summary>
    Standby,
}
