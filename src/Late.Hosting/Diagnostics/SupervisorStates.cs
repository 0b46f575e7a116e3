using System.Globalization;
using Late.Hosting.Connection;
using Late.Hosting.Supervision;

namespace Late.Hosting.Diagnostics;

/// <summary>The connections of a supervisor as they are at one moment.</summary>
internal sealed class SupervisorStates(IConnectionSource supervisor)
{
    private const int MostNamed = 3;

    private static readonly LateConnectionState[] s_all = Enum.GetValues<LateConnectionState>();

    private readonly (ConnectionCore Connection, LateConnectionStatus Status)[] _connections =
        [.. supervisor.Connections.Select(static connection => (connection, connection.Status.Current))];

    /// <summary>Which share of those that are not stopped is in a condition; 1 where there are none.</summary>
    public double Share(Func<ConnectionCore, LateConnectionState, bool> condition)
    {
        var (all, some) = (0, 0);
        foreach (var (connection, status) in _connections)
        {
            if (!IsStopped(status))
            {
                all++;
                some += condition(connection, status.State) ? 1 : 0;
            }
        }

        return all == 0 ? 1 : (double)some / all;
    }

    /// <summary>How many there are in each state.</summary>
    public Dictionary<string, object> ToData()
    {
        var data = new Dictionary<string, object> { ["supervisor"] = supervisor.Name, ["connections"] = _connections.Length };
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
            .Where(static one => one.Status.State != LateConnectionState.Ready && !IsStopped(one.Status))
            .OrderBy(static one => one.Connection.Status.NotReadySince)
            .Take(MostNamed)
            .Select(static one => $" {one.Connection.Name} is {one.Status.State} since {one.Status.Since:u}: {one.Status.Reason}");
        return $"{supervisor.Name} has {_connections.Length} connections{(_connections.Length == 0 ? "" : $": {string.Join(", ", counts)}")}.{string.Concat(notReady)}";
    }

    private int Count(LateConnectionState state) => _connections.Count(one => one.Status.State == state);

    // Somebody wanted it so.
    private static bool IsStopped(LateConnectionStatus status) => status.State is LateConnectionState.Stopping or LateConnectionState.Stopped;
}
