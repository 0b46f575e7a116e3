namespace Late.Hosting;

/// <summary>What ends a life of a connection.</summary>
public enum LateTerminateKind
{
    /// <summary>The host stops, or was disposed without having been stopped.</summary>
    HostStopping,

    /// <summary>The handler returned <c>LateResult.Stop</c>.</summary>
    HandlerStopped,

    /// <summary>The connection has failed permanently.</summary>
    Faulted,

    /// <summary>The connection was stopped by <c>ILateSupervisor.StopAsync</c>, or its start failed.</summary>
    SupervisorStopping,

    /// <summary>
    /// A callback has thrown and <see cref="LateHandlerErrorBehavior.Restart"/> follows: the connection continues, and a new life begins with
    /// a new handler.
    /// </summary>
    HandlerError,

    /// <summary>
    /// The lease of the connection ends early, or was lost. The connection stands by, and a new life begins with a new handler when it has
    /// the lease again.
    /// </summary>
    LeaseLost,
}
