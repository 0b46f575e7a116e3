namespace Late.Hosting;

/// <summary>A topic inside the connection, as the <see cref="LateTopic{TKey, TItem}"/> of a session sees it.</summary>
/// <typeparam name="TKey">The topic.</typeparam>
/// <typeparam name="TItem">The type of its items.</typeparam>
internal interface ITopicSource<TKey, TItem>
{
    /// <summary>Gives an item to the readers; false where the topic has ended.</summary>
    bool Publish(LateTopic<TKey, TItem> topic, TItem item);

    /// <summary>Confirms it to its readers; false where it is confirmed, or has ended.</summary>
    bool Confirm(LateTopic<TKey, TItem> topic);

    /// <summary>Ends it, and fails its readers where there is an exception; false where it has ended.</summary>
    bool End(LateTopic<TKey, TItem> topic, Exception? exception);
}
