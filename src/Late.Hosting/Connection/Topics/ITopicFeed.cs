namespace Late.Hosting.Connection.Topics;

/// <summary>A topic or a stream as its readers see it.</summary>
/// <typeparam name="TItem">The type of its items.</typeparam>
internal interface ITopicFeed<TItem>
{
    /// <summary>Reads what comes next for a reader; where there is nothing, it is woken when there is. At the end, it notes why (<see cref="TopicReader{TItem}.Ending"/>).</summary>
    Reading Read(TopicReader<TItem> reader, out LateSubscriptionEvent<TItem> next);

    /// <summary>A reader leaves; nothing where it has ended already.</summary>
    void Leave(TopicReader<TItem> reader);

    /// <summary>A reader is about to wait for the next item: that fails inside a callback of the connection that brings it (promise P14).</summary>
    void CheckWait();

    /// <summary>The name of its type.</summary>
    string Name { get; }

    /// <summary>True where the handler has received it in the session that is open.</summary>
    bool HasBegun { get; }
}
