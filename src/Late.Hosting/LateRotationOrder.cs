namespace Late.Hosting;

/// <summary>In which order a session is replaced by the next.</summary>
public enum LateRotationOrder
{
    /// <summary>The old session is closed, then the next one is connected: the server never sees two.</summary>
    CloseFirst,

    /// <summary>
    /// The next connection is made while the old session continues. The switch comes when the server has answered its upgrade:
    /// then the old session ends as with <see cref="CloseFirst"/>, and <c>HandleConnect</c> runs on the connection that is
    /// there already. What the server sends on it meanwhile waits. If it cannot be made, the old session continues, and it
    /// is tried again after <see cref="LateReconnectOptions.MaxDelay"/>.
    /// </summary>
    ConnectFirst,
}
