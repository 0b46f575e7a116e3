namespace Late.Hosting;

/// <summary>An item of a subscription, or what has happened in this place between two items.</summary>
/// <typeparam name="T">The type of the items.</typeparam>
public readonly record struct LateSubscriptionEvent<T>
{
    /// <summary>What it is.</summary>
    /// <value>The default is <see cref="LateSubscriptionEventKind.Item"/>.</value>
    public LateSubscriptionEventKind Kind { get; init; }

    /// <summary>The item; the default of its type where it is none.</summary>
    public T Item { get; init; }

    /// <summary>How many items were dropped in this place.</summary>
    /// <value>The default is 0.</value>
    public long Dropped { get; init; }
}
