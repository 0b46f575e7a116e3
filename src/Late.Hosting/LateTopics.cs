namespace Late.Hosting;

/// <summary>
/// The topics of a session, under ids that it hands out: the <c>id</c> of a subscription in a protocol. An entry is removed when its topic ends
/// in any way, a disconnect included.
/// </summary>
/// <typeparam name="TTopic">The topic.</typeparam>
/// <typeparam name="TItem">The type of its items.</typeparam>
/// <remarks>Keep one in the handler or in its state. It is safe for use from many threads.</remarks>
public sealed class LateTopics<TTopic, TItem> : LateTopics<int, TTopic, TItem>
    where TTopic : ILateTopic<TTopic, TItem>
{
    private int _last;

    /// <summary>Keeps a topic under a new id.</summary>
    /// <param name="topic">The topic that <c>HandleSubscribe</c> has received.</param>
    /// <returns>The id: 1 or more, not in use by another topic.</returns>
    public int Add(LateTopic<TTopic, TItem> topic)
    {
        int id;
        do
        {
            // Starts over after the largest int, like the ids of most protocols: positive.
            id = Interlocked.Increment(ref _last) & int.MaxValue;
        }
        while (id == 0 || !TryAdd(id, topic));

        return id;
    }
}
