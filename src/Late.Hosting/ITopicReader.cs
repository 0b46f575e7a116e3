namespace Late.Hosting;

/// <summary>A reader of a topic inside the connection, as a <see cref="LateSubscription{T}"/> sees it.</summary>
/// <typeparam name="T">The type of the items.</typeparam>
internal interface ITopicReader<T> : IDisposable
{
    /// <summary>How many items were dropped.</summary>
    long Dropped { get; }

    IAsyncEnumerable<T> ReadAllAsync(CancellationToken cancellationToken);

    IAsyncEnumerable<LateSubscriptionEvent<T>> ReadEventsAsync(CancellationToken cancellationToken);
}
