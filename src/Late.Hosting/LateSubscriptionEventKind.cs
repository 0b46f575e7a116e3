namespace Late.Hosting;

/// <summary>What <see cref="LateSubscription{T}.ReadEventsAsync"/> returns.</summary>
public enum LateSubscriptionEventKind
{
    /// <summary>An item.</summary>
    Item,

    /// <summary>The session has ended: what the server sends until <see cref="Restored"/> is missing.</summary>
    Interrupted,

    /// <summary>The topic is subscribed to again, in another session.</summary>
    Restored,

    /// <summary>Items were dropped, because the reader was slower than its topic: <see cref="LateSubscriptionEvent{T}.Dropped"/> of them.</summary>
    Dropped,

    /// <summary>
    /// Behind <see cref="Interrupted"/>: the connection stands by (<see cref="LateConnectionState.Standby"/>), and another host may have it. <see cref="Restored"/>
    /// follows when this host has it again.
    /// </summary>
    Standby,
}
