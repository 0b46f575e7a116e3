using Late.Hosting.Connection.Lifecycle;

namespace Late.Hosting.Connection;

/// <summary>Which connection it is, and whose.</summary>
/// <param name="Name">Its name.</param>
/// <param name="MeasuredAs">The name in its measurements, which other connections may have too.</param>
/// <param name="StopEnd">How its session ends when the one that runs it stops.</param>
internal sealed record ConnectionIdentity(string Name, string MeasuredAs, SessionEnd StopEnd)
{
    /// <summary>A connection that the host runs.</summary>
    public static ConnectionIdentity OfHost(string name) => new(name, name, SessionEnd.HostStopping);

    /// <summary>A connection that a supervisor runs.</summary>
    public static ConnectionIdentity OfSupervisor(string name, string measuredAs) => new(name, measuredAs, SessionEnd.SupervisorStopping);
}
