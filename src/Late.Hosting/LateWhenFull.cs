namespace Late.Hosting;

/// <summary>What a subscription or a stream does whose reader is slower than its items, and has as many to read as its capacity.</summary>
public enum LateWhenFull
{
    /// <summary>It fails: the reader receives a <see cref="LateGapException"/>, and the subscription or the stream ends.</summary>
    Fail,

    /// <summary>
    /// The oldest items are dropped; the reader receives <see cref="LateSubscriptionEventKind.Dropped"/> or a <see cref="LateGapException"/> in their place, that of
    /// a stream <see cref="LateStreamOptions.OnDropped"/>.
    /// </summary>
    DropOldest,

    /// <summary>
    /// Only the latest item is kept, whatever the capacity; the reader receives <see cref="LateSubscriptionEventKind.Dropped"/> in the place of those
    /// before it.
    /// </summary>
    KeepLatest,
}
