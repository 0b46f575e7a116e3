namespace Late.Hosting;

/// <summary>What the start of the host waits for.</summary>
public enum LateStartupMode
{
    /// <summary>Nothing: the connection is made in the background.</summary>
    Background,

    /// <summary>
    /// The connection is ready. Failed attempts are repeated within <see cref="LateConnectionOptions.StartupTimeout"/>, and so are lives
    /// that fault where <see cref="LateFaultBehavior.Restart"/> follows; after it the host does not start.
    /// </summary>
    WaitForReady,

    /// <summary>The first attempt: where it, or <c>Init</c>, fails, the host does not start (Late's <c>start_link</c>).</summary>
    FailFast,
}
