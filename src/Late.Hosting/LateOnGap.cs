namespace Late.Hosting;

/// <summary>
/// What <see cref="LateSubscription{T}.ReadAllAsync"/> does where items are missing: the connection was interrupted, or
/// <see cref="LateWhenFull.DropOldest"/> has dropped them. What <see cref="LateWhenFull.KeepLatest"/> replaces is not missing: its reader wants the latest item alone.
/// </summary>
public enum LateOnGap
{
    /// <summary>It throws a <see cref="LateGapException"/> in the place of the gap; the next enumeration continues behind it.</summary>
    Throw,

    /// <summary>It continues with the next item.</summary>
    Continue,
}
