namespace Late.Hosting;

/// <summary>
/// A topic in one session, as the handler subscribes to it: where its items are published. Keep it in a
/// <see cref="LateTopics{TWireKey, TTopic, TItem}"/> under the key that the protocol uses. It ends with its session, and when its last reader has
/// left; the next session has another one for the same topic.
/// </summary>
/// <typeparam name="TKey">The topic.</typeparam>
/// <typeparam name="TItem">The type of its items.</typeparam>
/// <remarks>It is safe for use from many threads; items that are published concurrently have no order.</remarks>
public sealed class LateTopic<TKey, TItem>
{
    private static readonly IKeptTopic<TKey, TItem> s_ended = new Ended();

    private readonly ITopicSource<TKey, TItem> _source;

    private volatile bool _awaitsReply;

    // The entries, the last one first; s_ended from the end on.
    private IKeptTopic<TKey, TItem>? _kept;

    internal LateTopic(ITopicSource<TKey, TItem> source, TKey key, long session) => (_source, Key, Session) = (source, key, session);

    /// <summary>The topic that readers have subscribed to.</summary>
    public TKey Key { get; }

    /// <summary>The number of its session, as <see cref="LateContext.Session"/> has it.</summary>
    public long Session { get; }

    /// <summary>True when its session has ended, it is complete or has failed, or its last reader has left and <c>HandleUnsubscribe</c> has run.</summary>
    public bool IsEnded => Volatile.Read(ref _kept) == s_ended;

    /// <summary>True while the reply to the request that subscribes to it is awaited: <c>HandleUnsubscribe</c> waits for it.</summary>
    internal bool AwaitsReply { get => _awaitsReply; set => _awaitsReply = value; }

    /// <summary>
    /// Gives an item to all readers, in the order in which items are published. It waits for no reader: each has a buffer, and
    /// <see cref="LateSubscribeOptions.WhenFull"/> specifies what follows when that is full.
    /// </summary>
    /// <param name="item">The item; the readers share it.</param>
    /// <returns>False where the topic has ended; then nothing changes.</returns>
    public bool Publish(TItem item) => _source.Publish(this, item);

    /// <summary>
    /// Confirms the subscription after <see cref="LateResult{TState}.HoldConfirm"/>: <c>SubscribeAsync</c> completes, and readers of earlier
    /// sessions receive <see cref="LateSubscriptionEventKind.Restored"/>.
    /// </summary>
    /// <returns>False where it is confirmed already, or has ended; then nothing changes.</returns>
    public bool Confirm() => _source.Confirm(this);

    /// <summary>
    /// Fails the subscription, which the server has refused or ended: the exception is thrown to all readers behind the items that they have not
    /// read. <c>HandleUnsubscribe</c> does not run for it.
    /// </summary>
    /// <param name="exception">The exception.</param>
    /// <returns>False where the topic has ended already; then nothing changes.</returns>
    public bool Fail(Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        return _source.End(this, exception);
    }

    /// <summary>
    /// Completes the subscription, which the server has ended as planned: the enumerations of all readers end behind the items that they have not read.
    /// <c>HandleUnsubscribe</c> does not run for it, and the next subscriber of the topic begins another.
    /// </summary>
    /// <returns>False where the topic has ended already; then nothing changes.</returns>
    public bool Complete() => _source.End(this, null);

    /// <summary>Adds an entry that is notified when the topic ends; immediately where it has.</summary>
    internal void Keep(IKeptTopic<TKey, TItem> entry)
    {
        while (Volatile.Read(ref _kept) is var before && before != s_ended)
        {
            entry.Before = before;
            if (Interlocked.CompareExchange(ref _kept, entry, before) == before)
            {
                return;
            }
        }

        entry.OnEnded(this);
    }

    /// <summary>The topic ends, and its entries with it; not under a lock.</summary>
    internal void End()
    {
        for (var kept = Interlocked.Exchange(ref _kept, s_ended); kept is not null; kept = kept.Before)
        {
            kept.OnEnded(this);
        }
    }

    private sealed class Ended : IKeptTopic<TKey, TItem>
    {
        public IKeptTopic<TKey, TItem>? Before { get; set; }

        public void OnEnded(LateTopic<TKey, TItem> topic)
        {
        }
    }
}
