namespace Late.Hosting;

/// <summary>
/// A reader of a topic, from <c>client.SubscribeAsync(topic)</c>. It does not end with a session: the handler subscribes again in the next one, and
/// in a new life. It ends when it is disposed, when the topic fails or is complete, and when the connection stops. After a fault it continues where a new
/// life follows, by itself (<see cref="LateFaultBehavior.Restart"/>) or at a request.
/// </summary>
/// <typeparam name="T">The type of the items.</typeparam>
/// <remarks>
/// <para>Each published item comes at most once and in order. Every omission has its place: an overflow as
/// <see cref="LateSubscriptionEventKind.Dropped"/> or a <see cref="LateGapException"/>, an interruption of the connection as
/// <see cref="LateSubscriptionEventKind.Interrupted"/> or a <see cref="LateGapException"/>. Nothing is known of items that the server sends twice.</para>
/// <para>One enumeration at a time; for a second reader, subscribe again. What was read before an enumeration ended does not come again in the next one.
/// The code between two items delays no other reader, and no callback. A callback of the same connection cannot wait for an item, which would come behind
/// it: that fails immediately.</para>
/// </remarks>
public sealed class LateSubscription<T> : IAsyncDisposable
{
    private readonly ITopicReader<T> _reader;

    internal LateSubscription(ITopicReader<T> reader) => _reader = reader;

    /// <summary>How many items were dropped so far, because the reader was slower than its topic. They are counted when it comes to their place; <see cref="LateConnectionStatistics.ItemsDropped"/> counts them when they are lost.</summary>
    /// <value>The default is 0.</value>
    public long Dropped => _reader.Dropped;

    /// <summary>
    /// Reads the items. What <see cref="LateWhenFull.KeepLatest"/> replaces is counted in <see cref="Dropped"/>, and skipped here.
    /// </summary>
    /// <param name="cancellationToken">Ends the enumeration; the subscription continues.</param>
    /// <returns>The items, until the subscription is disposed or its topic is complete.</returns>
    /// <exception cref="LateGapException">
    /// The connection was interrupted or <see cref="LateWhenFull.DropOldest"/> has dropped items, and <see cref="LateSubscribeOptions.OnGap"/> is
    /// <see cref="LateOnGap.Throw"/>: the next enumeration continues. Or the buffer was full, and <see cref="LateSubscribeOptions.WhenFull"/> is <see cref="LateWhenFull.Fail"/>: the subscription has ended.
    /// </exception>
    /// <exception cref="LateStoppedException">The connection is stopped: behind the items that were published before, and instead of a gap.</exception>
    /// <exception cref="LateFaultedException">The connection has failed permanently. Where a new life is requested later, the next enumeration continues in it.</exception>
    /// <exception cref="InvalidOperationException">Another enumeration is in progress, or a callback of the same connection would wait for the next item.</exception>
    /// <exception cref="ObjectDisposedException">The subscription was disposed before.</exception>
    public IAsyncEnumerable<T> ReadAllAsync(CancellationToken cancellationToken = default) => _reader.ReadAllAsync(cancellationToken);

    /// <summary>Reads the items and what happens between them, each in its place.</summary>
    /// <param name="cancellationToken">Ends the enumeration; the subscription continues.</param>
    /// <returns>The events, until the subscription is disposed or its topic is complete.</returns>
    /// <exception cref="LateGapException">The buffer was full, and <see cref="LateSubscribeOptions.WhenFull"/> is <see cref="LateWhenFull.Fail"/>: the subscription has ended.</exception>
    /// <exception cref="LateStoppedException">The connection is stopped: behind the items that were published before.</exception>
    /// <exception cref="LateFaultedException">The connection has failed permanently. Where a new life is requested later, the next enumeration continues in it.</exception>
    /// <exception cref="InvalidOperationException">Another enumeration is in progress, or a callback of the same connection would wait for the next item.</exception>
    /// <exception cref="ObjectDisposedException">The subscription was disposed before.</exception>
    public IAsyncEnumerable<LateSubscriptionEvent<T>> ReadEventsAsync(CancellationToken cancellationToken = default) => _reader.ReadEventsAsync(cancellationToken);

    /// <summary>
    /// Leaves the topic, and ends the enumeration in progress. Where it was the last reader, the handler unsubscribes after
    /// <see cref="LateSubscribeOptions.Linger"/>; that is not waited for.
    /// </summary>
    /// <returns>A completed task.</returns>
    public ValueTask DisposeAsync()
    {
        _reader.Dispose();
        return default;
    }
}
