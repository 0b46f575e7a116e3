using Late.Hosting.Connection.Mailboxes;
using Late.Hosting.Connection.Sessions;

namespace Late.Hosting.Connection.Topics;

/// <summary>Has the handler subscribe to the topics of a session that becomes ready: before all that waits for it, since it is due first.</summary>
internal sealed class RestoreRound(Session session, ILateHandler handler, Mailbox mailbox)
{
    private readonly List<MailboxItem> _items = [];
    private readonly Dictionary<Type, MailboxItem> _batches = [];

    /// <summary>Adds a topic, where it has a reader.</summary>
    public void Add<TKey, TItem>(Topic<TKey, TItem> topic)
        where TKey : ILateTopic<TKey, TItem>
    {
        if (!topic.TryRequest(session.Number))
        {
            return;
        }

        if (_batches.TryGetValue(typeof(Topic<TKey, TItem>), out var batch))
        {
            ((SubscribeItem<TKey, TItem>)batch).Add(topic);
            return;
        }

        var item = new SubscribeItem<TKey, TItem>(topic);
        _items.Add(item);
        if (handler is ILateTopicHandler<TKey, TItem> { TakesBatches: true })
        {
            _batches.Add(typeof(Topic<TKey, TItem>), item);
        }
    }

    public void Submit() => _items.ForEach(item => mailbox.SubmitOwn(item, session));
}
