namespace Late.Hosting;

/// <summary>What <see cref="LateSubscription{T}.ReadAllAsync"/> does where the connection was interrupted, and items may be missing.</summary>
public enum LateOnGap
{
    /// <summary>It throws a <see cref="LateGapException"/> in the place of the gap; the next enumeration continues behind it.</summary>
    Throw,

    /// <summary>It continues with the next item.</summary>
    Continue,
}
