namespace Late.Hosting;

/// <summary>Why a session ended.</summary>
public enum LateDisconnectReason
{
    /// <summary>The server sent a close frame.</summary>
    ClosedByServer,

    /// <summary>The connection broke without a close frame (RFC 6455 §7.1.5, code 1006).</summary>
    ConnectionLost,

    /// <summary>The server broke the protocol, or sent a message that is larger than allowed.</summary>
    ProtocolError,

    /// <summary>The server did not answer within the keep-alive's time.</summary>
    KeepAliveTimeout,

    /// <summary>A write took longer than <see cref="LateConnectionOptions.SendTimeout"/>.</summary>
    SendTimeout,

    /// <summary>The session was not ready within <see cref="LateConnectionOptions.ReadyTimeout"/>.</summary>
    ReadyTimeout,

    /// <summary>A callback threw, and the session ends by <see cref="LateConnectionOptions.HandlerErrors"/>.</summary>
    HandlerError,

    /// <summary>The handler, a caller or a change of the configuration requested a new session.</summary>
    ReconnectRequested,

    /// <summary>The handler returned <c>LateResult.Stop</c>.</summary>
    HandlerStopped,

    /// <summary>The host is stopping.</summary>
    HostStopping,

    /// <summary>The session is rotated: <see cref="LateConnectionOptions.Rotation"/>.</summary>
    Rotated,

    /// <summary>The connection was stopped by <c>ILateSupervisor.StopAsync</c>.</summary>
    SupervisorStopping,

    /// <summary>The handler returned <c>LateResult.Fault</c>.</summary>
    HandlerFaulted,

    /// <summary>No message came within <see cref="LateConnectionOptions.DataTimeout"/>.</summary>
    DataTimeout,

    /// <summary>The lease of the connection ends early, or was lost: another host may own the connection.</summary>
    LeaseLost,
}
