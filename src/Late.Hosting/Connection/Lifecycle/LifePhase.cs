namespace Late.Hosting.Connection.Lifecycle;

/// <summary>Where a connection is in its life.</summary>
internal enum LifePhase
{
    NotStarted,

    /// <summary>Another owner runs it; it waits until it may start.</summary>
    Standby,

    /// <summary><c>Init</c> runs, and no attempt has begun.</summary>
    Starting,

    /// <summary>Sessions follow each other.</summary>
    Running,

    /// <summary>An error of the handler has ended its life; it terminates, and the next life has not begun.</summary>
    Restarting,

    /// <summary>The next life after such an error has begun, and <c>Init</c> runs.</summary>
    Initializing,

    /// <summary>No new work; what still runs ends.</summary>
    Stopping,

    Stopped,

    /// <summary>Failed permanently: nothing is attempted until a new life begins.</summary>
    Faulted,

    /// <summary>Faulted, and no new life follows.</summary>
    Retired,
}
