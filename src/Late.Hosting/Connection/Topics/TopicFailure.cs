using Late.Hosting.Connection.Lifecycle;

namespace Late.Hosting.Connection.Topics;

/// <summary>What readers of topics receive.</summary>
internal static class TopicFailure
{
    /// <summary>The connection has faulted, and the subscription waits for a new life.</summary>
    public static LateException Faulted(LifecycleState lifecycle, string topic) => new LateFaultedException(
        lifecycle.Name,
        $"{Fault(lifecycle, $"A subscription to {topic} has no session")} The subscription continues in the new life: enumerate again then.",
        lifecycle.Current.Exception)
    {
        Delivery = LateDelivery.Unknown,
    };

    /// <summary>The connection has ended, and the subscriptions with it.</summary>
    public static LateException Ended(LifecycleState lifecycle, string topic, LateDelivery delivery)
    {
        var (name, current) = (lifecycle.Name, lifecycle.Current);
        return current.State == LateConnectionState.Faulted
            ? new LateFaultedException(
                name,
                Fault(lifecycle, $"A subscription to {topic} has ended"),
                current.Exception)
            {
                Delivery = delivery,
            }
            : new LateStoppedException(
                name,
                $"A subscription to {topic} has ended: connection '{name}' is stopped. Subscribe again when its host or its supervisor has restarted it.")
            {
                Delivery = delivery,
            };
    }

    /// <summary>A callback of the connection waits for an item of a topic or a stream.</summary>
    public static InvalidOperationException FromOneself(string connection, string name) => new(
        $"A callback of connection '{connection}' waits for an item of {name} from its own connection, and would wait for itself. " +
        "Read outside of the handler; in it, keep what comes in the state.");

    /// <summary>The subscription was not confirmed in time.</summary>
    public static LateCallTimeoutException TimedOut(LifecycleState lifecycle, string topic, TimeSpan timeout, LateDelivery delivery) => new(
        lifecycle.Name,
        delivery == LateDelivery.Unknown
            ? $"The subscription to {topic} on connection '{lifecycle.Name}' was not confirmed within {timeout}. The server may have received it. Subscribe again, or set a longer Timeout."
            : $"The subscription to {topic} was not begun within {timeout}. {lifecycle.Explain()} Nothing was sent; it is safe to retry.")
    {
        Delivery = delivery,
    };

    private static string Fault(LifecycleState lifecycle, string what) =>
        $"{what}: connection '{lifecycle.Name}' has failed permanently. {LateException.WithoutName(lifecycle.Name, lifecycle.Current.Reason)} {ConnectionFailure.Advice(lifecycle.Current, lifecycle.MayRevive)}";
}
