namespace Late.Hosting;

/// <summary>
/// Subscribes to topics of the server in callbacks that await nothing, several topics in one callback: the synchronous sibling of
/// <see cref="ILateTopicBatchHandler{TState, TTopic, TItem}"/>.
/// </summary>
/// <typeparam name="TState">The handler's state.</typeparam>
/// <typeparam name="TTopic">The topic.</typeparam>
/// <typeparam name="TItem">The type of its items.</typeparam>
public interface ILateSyncTopicBatchHandler<TState, TTopic, TItem> : ILateTopicHandler<TTopic, TItem>, ILateHandler<TState>
    where TTopic : ILateTopic<TTopic, TItem>
{
    /// <summary>
    /// Subscribes to topics: all that have a reader when a session is ready, before the calls that wait for it, and later one that gets its first
    /// reader. Each topic comes once in each session in which it has a reader.
    /// </summary>
    /// <remarks>
    /// Keep each topic in a <see cref="LateTopics{TWireKey, TTopic, TItem}"/> under the key that the protocol uses, and publish its items from any later
    /// callback. A topic is confirmed when the frames of the result are written, or, with <see cref="LateResult{TState}.HoldConfirm"/>, by
    /// <see cref="LateTopic{TKey, TItem}.Confirm"/>. It takes no room in the mailbox. An exception fails all topics of the batch: it goes to their
    /// readers, whose subscriptions end.
    /// </remarks>
    /// <param name="topics">The topics of this session.</param>
    /// <param name="state">The state.</param>
    /// <returns>What follows.</returns>
    LateResult<TState> HandleSubscribe(IReadOnlyList<LateTopic<TTopic, TItem>> topics, TState state);

    /// <summary>
    /// Unsubscribes from a topic: its last reader has left, and <see cref="LateSubscribeOptions.Linger"/> has passed. It does not run where the
    /// session ends, and not for a topic that the handler has failed or completed. An exception is handled as
    /// <see cref="LateConnectionOptions.HandlerErrors"/> specifies.
    /// </summary>
    /// <param name="topic">The topic; <see cref="LateTopics{TWireKey, TTopic, TItem}.TryGetKey"/> finds its key.</param>
    /// <param name="state">The state.</param>
    /// <returns>What follows.</returns>
    LateResult<TState> HandleUnsubscribe(TTopic topic, TState state);

    bool ILateTopicHandler<TTopic, TItem>.TakesBatches => true;

    ValueTask ILateTopicHandler<TTopic, TItem>.HandleAsync(IHandlerState state, IReadOnlyList<LateTopic<TTopic, TItem>> topics)
    {
        var typed = (IHandlerState<TState>)state;
        return typed.ApplyAsync(HandleSubscribe(topics, typed.Current));
    }

    ValueTask ILateTopicHandler<TTopic, TItem>.HandleAsync(IHandlerState state, TTopic topic)
    {
        var typed = (IHandlerState<TState>)state;
        return typed.ApplyAsync(HandleUnsubscribe(topic, typed.Current));
    }
}
