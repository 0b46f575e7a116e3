namespace Late.Hosting;

/// <summary>
/// One connection of an <see cref="ILateConnectionDirectory"/>. Every member returns the values of the moment in which it is
/// read, also after the connection has ended. A supervised connection that is restarted is another object.
/// </summary>
public interface ILateConnectionInfo
{
    /// <summary>The connection's name; that of a supervised connection is <c>{SupervisorName}/{Key}</c>.</summary>
    string Name { get; }

    /// <summary>The name of the handler's type, without its namespace.</summary>
    string HandlerName { get; }

    /// <summary>The name of the supervisor that started the connection; null for a connection of <c>AddLateConnection</c>.</summary>
    string? SupervisorName { get; }

    /// <summary>The key under which the supervisor started the connection; null for a connection of <c>AddLateConnection</c>.</summary>
    string? Key { get; }

    /// <summary>The current state, with its time and reason, and with the time of the next attempt where one is awaited.</summary>
    LateConnectionStatus Status { get; }

    /// <summary>Returns the current statistics.</summary>
    /// <returns>A snapshot, which does not change.</returns>
    LateConnectionStatistics GetStatistics();

    /// <summary>Returns the last 100 changes of the state, the oldest first.</summary>
    /// <returns>A copy, which does not change.</returns>
    IReadOnlyList<LateConnectionStatus> GetRecentChanges();

    /// <summary>Returns the last 20 errors, the oldest first.</summary>
    /// <returns>A copy, which does not change.</returns>
    IReadOnlyList<LateConnectionError> GetRecentErrors();
}
