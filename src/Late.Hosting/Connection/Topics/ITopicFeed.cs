namespace Late.Hosting.Connection.Topics;

/// <summary>A topic as its readers see it.</summary>
/// <typeparam name="TItem">The type of its items.</typeparam>
internal interface ITopicFeed<TItem>
{
    /// <summary>Reads what comes next for a reader; where there is nothing, it is woken when there is.</summary>
    Reading Read(TopicReader<TItem> reader, out LateSubscriptionEvent<TItem> next);

    /// <summary>A reader leaves; nothing where it has ended already.</summary>
    void Leave(TopicReader<TItem> reader);

    /// <summary>The names of its connection and of its type, for the messages of exceptions.</summary>
    (string Connection, string Topic) Name { get; }
}
