namespace Late.Hosting;

/// <summary>Where a connection is in its life.</summary>
public enum LateConnectionState
{
    /// <summary>Not started yet, or stopped for good.</summary>
    Stopped,

    /// <summary>An attempt is under way: the address is resolved, the socket connected, the upgrade asked for.</summary>
    Connecting,

    /// <summary>The socket is open; the handler's <c>HandleConnectAsync</c> runs, or holds calls back.</summary>
    Connected,

    /// <summary>Calls are taken.</summary>
    Ready,

    /// <summary>The session was lost or an attempt failed; the next attempt is waited for.</summary>
    Reconnecting,

    /// <summary>The connection ends: no new work, and the socket is being closed.</summary>
    Stopping,

    /// <summary>Given up: the connection makes no further attempt, and every call fails at once.</summary>
    Faulted,
}
