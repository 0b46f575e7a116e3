namespace Late.Hosting;

/// <summary>The options of the health checks of connections.</summary>
public sealed class LateHealthOptions
{
    /// <summary>The time after which a lost connection that was ready is unhealthy; until then it is degraded.</summary>
    /// <value>The default is 30 seconds.</value>
    public TimeSpan GracePeriod { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// The share of a supervisor's connections that may not be lost for longer than <see cref="GracePeriod"/> or faulted: with
    /// fewer the supervisor counts as unhealthy; with so many, and not all, as degraded. Those that are stopped do not count.
    /// From 0, which is never unhealthy, to 1, where one lost connection is enough.
    /// </summary>
    /// <value>The default is 0.5.</value>
    public double MinReadyShare { get; set; } = 0.5;

    /// <summary>
    /// Whether a connection gets a second check, tagged <c>live</c>, that is unhealthy when the connection has failed permanently and no new life follows by itself: for
    /// applications that are better restarted then. That of a supervisor is unhealthy when more of its connections have failed permanently
    /// than <see cref="MinReadyShare"/> allows. Without it, a lost connection never reports that the application is dead.
    /// </summary>
    /// <value>The default is false.</value>
    public bool RestartWhenFaulted { get; set; }
}
