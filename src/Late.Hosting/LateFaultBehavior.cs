namespace Late.Hosting;

/// <summary>What follows when a connection has failed permanently.</summary>
public enum LateFaultBehavior
{
    /// <summary>The application continues; calls fail immediately with a <see cref="LateFaultedException"/>.</summary>
    StayFaulted,

    /// <summary>The host is stopped.</summary>
    StopHost,
}
