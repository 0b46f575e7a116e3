namespace Late.Hosting;

/// <summary>
/// Calls that wait for the server's answer, under ids that it hands out: the <c>req_id</c> of a protocol. An entry is
/// removed when its call ends in any way, a timeout or a disconnect included.
/// </summary>
/// <remarks>Keep one in the handler or in its state. It is safe for use from many threads.</remarks>
public sealed class LatePendingCalls : LatePendingCalls<int>
{
    private int _last;

    /// <summary>
    /// Makes a new id, and keeps nothing under it: for a request whose answer is not awaited, or as the key of a topic in a
    /// <see cref="LateTopics{TWireKey, TTopic, TItem}"/> where the protocol has one sequence of ids for calls and topics.
    /// </summary>
    /// <returns>The id: 1 or more, not in use by a call.</returns>
    public int NewId()
    {
        int id;
        do
        {
            id = NextId();
        }
        while (Contains(id));

        return id;
    }

    /// <summary>Keeps a call under a new id.</summary>
    /// <param name="call">The call.</param>
    /// <returns>The id: 1 or more, not in use by another call.</returns>
    public int Add(LateCall call)
    {
        int id;
        do
        {
            id = NextId();
        }
        while (!TryAdd(id, call));

        return id;
    }

    /// <summary>
    /// Keeps an entry under a new id for which no caller waits: for a request of the handler's own, as a resubscription is, whose answer
    /// has the id. Any reply removes it; it expires after <see cref="LateConnectionOptions.CallTimeout"/> and ends with the session. It takes
    /// no slot of <see cref="LateConnectionOptions.MaxConcurrentCalls"/>.
    /// </summary>
    /// <param name="context">What <c>Init</c> received: the entry belongs to the session that is open, and to the clock of its connection.</param>
    /// <returns>The id: 1 or more, not in use by another call.</returns>
    /// <exception cref="LateDisconnectedException">There is no session.</exception>
    /// <exception cref="ArgumentException">The context was made by the application: it has no connection.</exception>
    public int Add(LateContext context) => Add(Begin(context));

    /// <summary>
    /// Keeps the request that subscribes to a topic under a new id: any reply confirms the topic, and a failure fails it. Return
    /// <see cref="LateResult{TState}.HoldConfirm"/> from <c>HandleSubscribe</c>. The entry is removed with the topic. Where the last reader leaves before the reply,
    /// <c>HandleUnsubscribe</c> waits for it, for <see cref="LateConnectionOptions.CallTimeout"/> at most.
    /// A subscriber that comes when <see cref="LateConnectionOptions.CallTimeout"/> has passed without it causes a new request.
    /// </summary>
    /// <typeparam name="TTopic">The topic.</typeparam>
    /// <typeparam name="TItem">The type of its items.</typeparam>
    /// <param name="topic">The topic that <c>HandleSubscribe</c> has received.</param>
    /// <returns>The id: 1 or more, not in use by another call.</returns>
    public int Add<TTopic, TItem>(LateTopic<TTopic, TItem> topic)
    {
        int id;
        do
        {
            id = NextId();
        }
        while (!TryAdd(id, topic));

        return id;
    }

    /// <summary>The same for a server whose reply has the key under which it sends the items.</summary>
    /// <typeparam name="TTopic">The topic.</typeparam>
    /// <typeparam name="TItem">The type of its items.</typeparam>
    /// <typeparam name="TReply">The type of the reply.</typeparam>
    /// <param name="topic">The topic that <c>HandleSubscribe</c> has received.</param>
    /// <param name="replied">
    /// Runs with the reply, before the topic is confirmed: keep the topic in a <see cref="LateTopics{TWireKey, TTopic, TItem}"/> there.
    /// </param>
    /// <returns>The id: 1 or more, not in use by another call.</returns>
    public int Add<TTopic, TItem, TReply>(LateTopic<TTopic, TItem> topic, Action<TReply> replied)
    {
        int id;
        do
        {
            id = NextId();
        }
        while (!TryAdd(id, topic, replied));

        return id;
    }

    // Starts over after the largest int, like the request ids of most protocols: positive.
    private int NextId()
    {
        int id;
        do
        {
            id = Interlocked.Increment(ref _last) & int.MaxValue;
        }
        while (id == 0);

        return id;
    }
}
