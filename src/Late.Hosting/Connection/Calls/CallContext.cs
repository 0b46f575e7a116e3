using Late.Hosting.Configuration;
using Late.Hosting.Connection.Lifecycle;
using Late.Hosting.Diagnostics;

namespace Late.Hosting.Connection.Calls;

/// <summary>What a call needs of the connection that it was made to: one object for all of a connection's calls.</summary>
internal sealed class CallContext(string connectionName, CurrentOptions<LateConnectionOptions> settings, TimeProvider time, LifecycleState lifecycle, RecentCalls calls)
{
    public string ConnectionName { get; } = connectionName;

    public TimeProvider Time { get; } = time;

    /// <summary>Receives every call that ends.</summary>
    public RecentCalls Calls { get; } = calls;

    /// <summary>How long a call whose caller has canceled it keeps its slot at most.</summary>
    public TimeSpan CallTimeout => settings.Value.CallTimeout;

    public CallClock Clock { get; } = new(time);

    /// <summary>What waits and what is in progress.</summary>
    public WorkReport Report() => lifecycle.Report();

    /// <summary>What a caller gets whose time has passed.</summary>
    public LateCallTimeoutException TimeoutException(LateDelivery delivery, WorkReport report) => ConnectionFailure.TimedOut(lifecycle, delivery, report);
}
