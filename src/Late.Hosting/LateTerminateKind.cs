namespace Late.Hosting;

/// <summary>What ends a life of a connection: the connection itself, or after a fault its handler.</summary>
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
}
