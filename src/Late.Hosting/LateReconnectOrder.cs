namespace Late.Hosting;

/// <summary>In which order a session is replaced by the next.</summary>
public enum LateReconnectOrder
{
    /// <summary>The old session is closed, then the next one is connected: the server never sees two.</summary>
    CloseFirst,

    /// <summary>
    /// The next connection is made while the old session continues, until the moment of <see cref="LateSwitchWhen"/>. Then the old
    /// session ends as with <see cref="CloseFirst"/>, and <c>HandleConnect</c> runs on the connection that is there already: what the
    /// server has sent on it meanwhile has been read, up to half of <see cref="LateConnectionOptions.ReceiveBufferBytes"/>, and its
    /// pings were answered. Where the old session is lost meanwhile, the new connection takes its place, also where its
    /// upgrade is still in progress, unless <c>HandleDisconnect</c> requests a delay or another address. Where the new connection
    /// cannot be made, the old session continues: a rotation is tried again after the half to the whole of
    /// <see cref="LateReconnectOptions.MaxDelay"/>, or after <c>Retry-After</c> where that is longer, and a handler that asked for it receives a <see cref="LateReconnectFailed"/>.
    /// </summary>
    ConnectFirst,
}
