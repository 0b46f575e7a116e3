using System.Diagnostics.CodeAnalysis;

namespace Late.Hosting;

/// <summary>
/// The topics of a session, under the keys that the protocol uses for them. An entry is removed when its topic ends in any way, a disconnect
/// included. <see cref="LateTopics{TTopic, TItem}"/> makes the keys.
/// </summary>
/// <typeparam name="TWireKey">The type of the keys.</typeparam>
/// <typeparam name="TTopic">The topic.</typeparam>
/// <typeparam name="TItem">The type of its items.</typeparam>
/// <remarks>Keep one in the handler or in its state. It is safe for use from many threads.</remarks>
public class LateTopics<TWireKey, TTopic, TItem>
    where TWireKey : notnull
    where TTopic : ILateTopic<TTopic, TItem>
{
    private readonly KeyTable<TWireKey, Entry> _topics = new();
    private readonly KeyTable<TTopic, KeyOf> _keys = new();

    /// <summary>How many topics there are.</summary>
    public int Count => _topics.Count;

    /// <summary>Keeps a topic under a key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="topic">The topic that <c>HandleSubscribe</c> has received.</param>
    /// <exception cref="InvalidOperationException">Another topic is kept under the key.</exception>
    public void Add(TWireKey key, LateTopic<TTopic, TItem> topic)
    {
        if (!TryAdd(key, topic))
        {
            throw new InvalidOperationException(
                "Another topic is kept under the same key. Give each topic a key of its own, as the protocol does, or use LateTopics<TTopic, TItem>, which hands out ids.");
        }
    }

    /// <summary>Keeps a topic under a key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="topic">The topic that <c>HandleSubscribe</c> has received.</param>
    /// <returns>False where another topic is kept under the key; then nothing changes.</returns>
    public bool TryAdd(TWireKey key, LateTopic<TTopic, TItem> topic)
    {
        ArgumentNullException.ThrowIfNull(topic);
        var entry = new Entry(this, key, topic);
        if (!_topics.TryAdd(entry))
        {
            return false;
        }

        try
        {
            _keys.Add(entry.KeyOf);
        }
        catch
        {
            // An equality of the application's that throws.
            _topics.Remove(entry);
            throw;
        }

        topic.Keep(entry);
        return true;
    }

    /// <summary>Publishes an item of the topic under a key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="item">The item; the readers share it.</param>
    /// <returns>False where there is no topic under the key, or not any more: the item is for no reader.</returns>
    public bool Publish(TWireKey key, TItem item) => _topics.Find(key) is { } entry && entry.Topic.Publish(item);

    /// <summary>Confirms the topic under a key, after <see cref="LateResult{TState}.HoldConfirm"/>.</summary>
    /// <param name="key">The key.</param>
    /// <returns>False where there is no topic under the key, or it is confirmed already.</returns>
    public bool Confirm(TWireKey key) => _topics.Find(key) is { } entry && entry.Topic.Confirm();

    /// <summary>Completes the topic under a key, which the server has ended as planned, and removes it.</summary>
    /// <param name="key">The key.</param>
    /// <returns>False where there is no topic under the key.</returns>
    public bool Complete(TWireKey key) => _topics.Find(key) is { } entry && entry.Topic.Complete();

    /// <summary>Fails the topic under a key, and removes it.</summary>
    /// <param name="key">The key.</param>
    /// <param name="exception">What its readers get.</param>
    /// <returns>False where there is no topic under the key.</returns>
    public bool Fail(TWireKey key, Exception exception) => _topics.Find(key) is { } entry && entry.Topic.Fail(exception);

    /// <summary>Finds the topic under a key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="topic">The topic.</param>
    /// <returns>False where there is none.</returns>
    public bool TryGet(TWireKey key, [MaybeNullWhen(false)] out LateTopic<TTopic, TItem> topic)
    {
        topic = _topics.Find(key)?.Topic;
        return topic is not null;
    }

    /// <summary>Finds the key under which a topic is kept. Use it in <c>HandleUnsubscribe</c>, after which the entry is removed.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="key">The key; the last one where it was added more than once.</param>
    /// <returns>False where it is kept under none.</returns>
    public bool TryGetKey(TTopic topic, [MaybeNullWhen(false)] out TWireKey key)
    {
        var found = _keys.Find(topic);
        key = found is null ? default : found.Entry.Key;
        return found is not null;
    }

    private sealed class Entry : KeyEntry<TWireKey>, IKeptTopic<TTopic, TItem>
    {
        private readonly LateTopics<TWireKey, TTopic, TItem> _table;

        public Entry(LateTopics<TWireKey, TTopic, TItem> table, TWireKey key, LateTopic<TTopic, TItem> topic)
            : base(key) => (_table, Topic, KeyOf) = (table, topic, new KeyOf(topic.Key, this));

        public LateTopic<TTopic, TItem> Topic { get; }

        /// <summary>What finds its key by the topic.</summary>
        public KeyOf KeyOf { get; }

        public IKeptTopic<TTopic, TItem>? Before { get; set; }

        // Only itself: the same topic may be there again by then, in the next session.
        public void OnEnded(LateTopic<TTopic, TItem> topic)
        {
            if (_table._topics.Remove(this))
            {
                _table._keys.Remove(KeyOf);
            }
        }
    }

    private sealed class KeyOf(TTopic topic, Entry entry) : KeyEntry<TTopic>(topic)
    {
        public Entry Entry => entry;
    }
}
