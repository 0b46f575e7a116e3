namespace Late.Hosting;

/// <summary>What a subscription does whose reader is slower than its topic, and has as many items to read as its capacity.</summary>
public enum LateWhenFull
{
    /// <summary>It fails: the reader receives a <see cref="LateGapException"/>, and the subscription ends.</summary>
    Fail,

    /// <summary>The oldest items are dropped; the reader receives <see cref="LateSubscriptionEventKind.Dropped"/> in their place.</summary>
    DropOldest,

    /// <summary>
    /// Only the latest item is kept, whatever the capacity; the reader receives <see cref="LateSubscriptionEventKind.Dropped"/> in the place of those
    /// before it.
    /// </summary>
    KeepLatest,
}
