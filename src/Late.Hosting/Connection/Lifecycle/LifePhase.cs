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

    /// <summary>No new work; what still runs ends.</summary>
    Stopping,

    Stopped,

    /// <summary>Failed permanently: nothing is attempted until a new life begins.</summary>
    Faulted,

    /// <summary>Faulted, and no new life follows.</summary>
    Retired,
}
