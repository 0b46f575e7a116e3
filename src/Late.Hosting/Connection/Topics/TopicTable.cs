using Late.Hosting.Locking;

namespace Late.Hosting.Connection.Topics;

/// <summary>
/// The topics of a connection, by their keys. The equality of a key is the application's code: it runs on the thread of a subscriber, and never under
/// the lock, which is the table itself.
/// </summary>
internal sealed class TopicTable
{
    // Made with the first topic.
    private Dictionary<(Type Topic, int Hash), Topic[]>? _topics;
    private TopicCounts _gone;
    private long _droppedBefore;

    /// <summary>What the readers of topics that there were before have lost; takes no lock.</summary>
    public long DroppedBefore => Volatile.Read(ref _droppedBefore);

    /// <summary>Finds the topic of a key, or adds it.</summary>
    public Topic<TKey, TItem> GetOrAdd<TKey, TItem>(TKey key, ConnectionTopics topics)
        where TKey : ILateTopic<TKey, TItem>
    {
        Topic<TKey, TItem>? made = null;
        var hash = key.GetHashCode();
        while (true)
        {
            var present = Present((typeof(Topic<TKey, TItem>), hash));
            foreach (var topic in present.Cast<Topic<TKey, TItem>>())
            {
                if (EqualityComparer<TKey>.Default.Equals(key, topic.Key))
                {
                    return topic;
                }
            }

            made ??= new Topic<TKey, TItem>(key, topics) { Hash = hash };
            if (TryAdd(made, present))
            {
                return made;
            }
        }
    }

    /// <summary>Removes a topic; nothing where it is removed already.</summary>
    public void Remove(Topic topic)
    {
        // It has no reader any more: nothing of it changes.
        var (place, counts) = ((topic.GetType(), topic.Hash), topic.Count());
        using (Gate.EnterOwn(this))
        {
            if (_topics is null || !_topics.TryGetValue(place, out var present) || !present.Contains(topic))
            {
                return;
            }

            _gone += counts;
            Volatile.Write(ref _droppedBefore, _gone.Dropped);
            Topic[] others = [.. present.Where(other => other != topic)];
            if (others.Length > 0)
            {
                _topics[place] = others;
            }
            else
            {
                _topics.Remove(place);
            }
        }
    }

    /// <summary>What its topics report, with those that there were before.</summary>
    public TopicCounts Count()
    {
        var (topics, gone) = Look();
        return topics.Aggregate(gone, static (sum, topic) => sum + topic.Count());
    }

    public Topic[] All() => Look().Topics;

    private (Topic[] Topics, TopicCounts Gone) Look()
    {
        using (Gate.EnterOwn(this))
        {
            return (_topics is null ? [] : [.. _topics.Values.SelectMany(static topics => topics)], _gone);
        }
    }

    private Topic[] Present((Type, int) place)
    {
        using (Gate.EnterOwn(this))
        {
            return _topics?.GetValueOrDefault(place) ?? [];
        }
    }

    /// <summary>Adds a topic that is none of those that were looked at; false where others are there by now.</summary>
    private bool TryAdd(Topic topic, Topic[] seen)
    {
        var place = (topic.GetType(), topic.Hash);
        using (Gate.EnterOwn(this))
        {
            _topics ??= [];
            if (_topics.GetValueOrDefault(place, []) != seen)
            {
                return false;
            }

            _topics[place] = [.. seen, topic];
            return true;
        }
    }
}
