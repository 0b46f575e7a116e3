namespace Late.Hosting.Dashboard.Tests.Support;

/// <summary>Connections that a test starts and stops by its list.</summary>
internal sealed class ListedConnections : ILateConnectionDirectory
{
    public List<ListedConnection> List { get; } = [];

    public IReadOnlyList<ILateConnectionInfo> GetConnections() => [.. List];

    public IReadOnlyList<LateSupervisorInfo> GetSupervisors() => [];
}
