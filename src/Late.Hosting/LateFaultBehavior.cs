namespace Late.Hosting;

/// <summary>What follows when a connection has given up.</summary>
public enum LateFaultBehavior
{
    /// <summary>The application goes on; calls fail at once with a <see cref="LateFaultedException"/>.</summary>
    StayFaulted,

    /// <summary>The host is stopped.</summary>
    StopHost,
}
