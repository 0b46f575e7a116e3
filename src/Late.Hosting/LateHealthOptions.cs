namespace Late.Hosting;

/// <summary>What the health checks of connections make of them.</summary>
public sealed class LateHealthOptions
{
    /// <summary>How long a connection that was ready may be lost before it counts as unhealthy; until then it is degraded.</summary>
    /// <value>The default is 30 seconds.</value>
    public TimeSpan GracePeriod { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Whether a connection gets a second check, tagged <c>live</c>, that is unhealthy when the connection has given up: for
    /// applications that are better restarted then. Without it, a lost connection never says that the application is dead.
    /// </summary>
    /// <value>The default is false.</value>
    public bool RestartWhenFaulted { get; set; }
}
