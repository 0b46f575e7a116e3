using System.Globalization;
using Late.Hosting.Diagnostics;

namespace Late.Hosting.Observability;

/// <summary>The connections of a supervisor as they are at one moment.</summary>
internal sealed class SupervisorStates
{
    private const int MostNamed = 3;

    private static readonly LateConnectionState[] s_all = Enum.GetValues<LateConnectionState>();

    private readonly IConnectionSource _supervisor;
    private readonly (DirectoryEntry Connection, LateConnectionStatus Status)[] _connections;
    private readonly Dictionary<LateConnectionState, int> _counts;

    public SupervisorStates(IConnectionSource supervisor)
    {
        _supervisor = supervisor;
        _connections = [.. supervisor.Connections.Select(static connection => (connection, connection.Status))];
        _counts = _connections.CountBy(static one => one.Status.State).ToDictionary();
    }

    /// <summary>Which share of those that are not stopped is in a condition; 1 where there are none.</summary>
    public double Share(Func<DirectoryEntry, LateConnectionState, bool> condition)
    {
        var (all, some) = (0, 0);
        foreach (var (connection, status) in _connections)
        {
            if (!IsStopped(connection, status))
            {
                all++;
                some += condition(connection, status.State) ? 1 : 0;
            }
        }

        return all == 0 ? 1 : (double)some / all;
    }

    public LateSupervisorInfo ToInfo() => new()
    {
        Name = _supervisor.Name,
        HandlerName = _supervisor.HandlerName,
        ConnectionCount = _connections.Length,
        ReadyCount = Count(LateConnectionState.Ready),
        FaultedCount = Count(LateConnectionState.Faulted),
    };

    /// <summary>How many there are in each state.</summary>
    public Dictionary<string, object> ToData()
    {
        var data = new Dictionary<string, object> { ["supervisor"] = _supervisor.Name, ["connections"] = _connections.Length };
        foreach (var state in s_all)
        {
            data[TagValue.Of(state)] = Count(state);
        }

        return data;
    }

    /// <summary>How many there are in which state, and why those are not ready that have been so for the longest time.</summary>
    public string Describe()
    {
        var counts = s_all.Where(state => Count(state) > 0).Select(state => string.Create(CultureInfo.InvariantCulture, $"{Count(state)} {state}"));
        var notReady = _connections
            .Where(static one => one.Status.State is not (LateConnectionState.Ready or LateConnectionState.Standby) && !IsStopped(one.Connection, one.Status))
            .OrderBy(static one => one.Connection.NotReadySince)
            .Take(MostNamed)
            .Select(static one => $" {HealthData.Describe(one.Connection.Name, one.Status)}");
        return $"{_supervisor.Name} has {_connections.Length} connections{(_connections.Length == 0 ? "" : $": {string.Join(", ", counts)}")}.{string.Concat(notReady)}";
    }

    private int Count(LateConnectionState state) => _counts.GetValueOrDefault(state);

    // Not started yet, or stopped by request: neither is an outage. One that waits for its restart is.
    private static bool IsStopped(DirectoryEntry connection, LateConnectionStatus status) =>
        status.State is LateConnectionState.NotStarted or LateConnectionState.Stopping or LateConnectionState.Stopped && !connection.Restarts;
}
