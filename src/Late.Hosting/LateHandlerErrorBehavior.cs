namespace Late.Hosting;

/// <summary>
/// What follows an exception from <c>HandleIn</c> or <c>HandleInfo</c>. One from <c>HandleCall</c> goes to
/// the caller; one from <c>HandleConnect</c> ends the session in any case.
/// </summary>
public enum LateHandlerErrorBehavior
{
    /// <summary>It is logged, the state is unchanged, and the connection continues.</summary>
    Continue,

    /// <summary>The session is closed with 1011, <c>Init</c> makes a new state, and the connection reconnects.</summary>
    Restart,

    /// <summary>The session is closed with 1011, and the connection is faulted.</summary>
    Stop,
}
