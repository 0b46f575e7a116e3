using Late.Hosting.Connection.Lifecycle;

namespace Late.Hosting.Connection;

/// <summary>Which connection it is, and whose.</summary>
/// <param name="Name">Its name.</param>
/// <param name="MeasuredAs">The name in its measurements, which other connections may have too.</param>
/// <param name="Key">Its key in its supervisor; null where the host runs it.</param>
/// <param name="StopEnd">How its session ends when the one that runs it stops.</param>
internal sealed record ConnectionIdentity(string Name, string MeasuredAs, string? Key, SessionEnd StopEnd)
{
    /// <summary>A connection that the host runs.</summary>
    public static ConnectionIdentity OfHost(string name) => new(name, name, null, SessionEnd.HostStopping);

    /// <summary>A connection that a supervisor runs.</summary>
    public static ConnectionIdentity OfSupervisor(string name, string key, string measuredAs) => new(name, measuredAs, key, SessionEnd.SupervisorStopping);
}
