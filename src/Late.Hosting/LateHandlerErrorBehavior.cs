namespace Late.Hosting;

/// <summary>
/// What follows an exception from <c>HandleIn</c> or <c>HandleInfo</c>. One from <c>HandleCall</c> goes to
/// the caller, and is logged where the call has ended already; one from <c>HandleConnect</c> ends the session in any case.
/// </summary>
public enum LateHandlerErrorBehavior
{
    /// <summary>It is logged, the state is unchanged, and the connection continues.</summary>
    Continue,

    /// <summary>
    /// The session is closed with 1011, and a new life begins: <c>HandleTerminate</c> runs with <see cref="LateTerminateKind.HandlerError"/>,
    /// the handler is disposed, a new one is made by the container, <c>Init</c> makes its state, and the connection reconnects after the
    /// delay that follows a lost session. What was posted to the handler and not handled, its delayed posts and an address that it has
    /// requested end with its life; calls that wait for a session wait for the new one. The client and its watchers stay. A handler that
    /// cannot be made, and an <c>Init</c> that throws, fault the connection. In a supervised connection the key stays too, and
    /// its handler is made as at its start; what follows a fault its supervisor decides (<see cref="LateSupervisorOptions.OnFault"/>).
    /// </summary>
    Restart,

    /// <summary>The session is closed with 1011, and the connection is faulted.</summary>
    Stop,
}
