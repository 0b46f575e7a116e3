using Late.Hosting.Connection.Lifecycle;

namespace Late.Hosting.Connection.Topics;

/// <summary>What readers of topics receive.</summary>
internal static class TopicFailure
{
    public static LateGapException Interrupted((string Connection, string Topic) name) => new(
        name.Connection,
        $"Items of a subscription to {name.Topic} may be missing: the session of connection '{name.Connection}' has ended. " +
        "The subscription continues in the next one: enumerate again to read what follows, or set OnGap = Continue to read on.");

    public static LateGapException Overflow((string Connection, string Topic) name, long dropped) => new(
        name.Connection,
        $"A reader of {name.Topic} on connection '{name.Connection}' was slower than its topic: {dropped} items are missing, and the subscription has ended. " +
        "Subscribe again, with a larger Capacity or with WhenFull = DropOldest or KeepLatest.")
    {
        Dropped = dropped,
    };

    /// <summary>The connection has ended, and the subscriptions with it.</summary>
    public static LateException Ended(LifecycleState lifecycle, string topic, LateDelivery delivery)
    {
        var (name, current) = (lifecycle.Name, lifecycle.Current);
        return current.State == LateConnectionState.Faulted
            ? new LateFaultedException(
                name,
                $"A subscription to {topic} has ended: connection '{name}' has failed permanently. {LateException.WithoutName(name, current.Reason)} {ConnectionFailure.Advice(current, lifecycle.MayRevive)}",
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

    /// <summary>The subscription was not confirmed in time.</summary>
    public static LateCallTimeoutException TimedOut(LifecycleState lifecycle, string topic, TimeSpan timeout, LateDelivery delivery) => new(
        lifecycle.Name,
        delivery == LateDelivery.Unknown
            ? $"The subscription to {topic} on connection '{lifecycle.Name}' was not confirmed within {timeout}. The server may have received it. Subscribe again, or set a longer Timeout."
            : $"The subscription to {topic} was not begun within {timeout}. {lifecycle.Explain()} Nothing was sent; it is safe to retry.")
    {
        Delivery = delivery,
    };
}
