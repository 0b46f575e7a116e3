namespace Late.Hosting;

/// <summary>
/// Lists the connections of the application with their states and statistics, for dashboards, diagnostic endpoints and
/// reports. <c>AddLateConnection</c> and <c>AddLateSupervisor</c> register it as a singleton. It is read-only, and nothing
/// that it returns as text contains a secret. It is safe for concurrent use.
/// </summary>
public interface ILateConnectionDirectory
{
    /// <summary>
    /// Returns the connections as they are now: those of <c>AddLateConnection</c> in the order of their registration, then those
    /// of each supervisor.
    /// </summary>
    /// <returns>A copy, which does not change. The same connection is the same object in every copy.</returns>
    IReadOnlyList<ILateConnectionInfo> GetConnections();

    /// <summary>Returns the supervisors in the order of their registration, with the numbers of their connections.</summary>
    /// <returns>A copy, which does not change.</returns>
    IReadOnlyList<LateSupervisorInfo> GetSupervisors();
}
