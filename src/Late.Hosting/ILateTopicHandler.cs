namespace Late.Hosting;

/// <summary>
/// Declares that a handler subscribes to a kind of topics, whatever its state: the constraint that makes an unhandled topic an error of the
/// compiler. Implement <see cref="ILateTopicHandler{TState, TTopic, TItem}"/>, <see cref="ILateTopicBatchHandler{TState, TTopic, TItem}"/>,
/// or a synchronous sibling of one, not this.
/// </summary>
/// <typeparam name="TTopic">The topic.</typeparam>
/// <typeparam name="TItem">The type of its items.</typeparam>
public interface ILateTopicHandler<TTopic, TItem>
    where TTopic : ILateTopic<TTopic, TItem>
{
    /// <summary>True where one callback takes several topics.</summary>
    internal bool TakesBatches { get; }

    /// <summary>Runs <c>HandleSubscribe</c> with the handler's state, and applies its result: of several topics only where it takes batches.</summary>
    internal ValueTask HandleAsync(IHandlerState state, IReadOnlyList<LateTopic<TTopic, TItem>> topics);

    /// <summary>Runs <c>HandleUnsubscribe</c> with the handler's state, and applies its result.</summary>
    internal ValueTask HandleAsync(IHandlerState state, TTopic topic);
}
