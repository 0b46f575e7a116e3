using Late.Hosting.Connection.Topics;
using Late.Hosting.Locking;

namespace Late.Hosting.Connection.Streams;

/// <summary>The items of a stream that wait for its reader.</summary>
/// <typeparam name="TItem">The type of the items.</typeparam>
internal sealed class StreamItems<TItem> : ItemSource, ITopicFeed<TItem>
{
    private readonly TopicLog<TItem> _log = new();
    private readonly WaitingReaders<TItem> _waiting = new();
    private readonly ConnectionTopics _topics;
    private readonly StreamGaps _gaps;
    private bool _isEnded;

    /// <param name="capacity">How many items may wait; null for the default.</param>
    /// <param name="whenFull">What follows when there are more.</param>
    /// <param name="gaps">What the reader gets where it is too slow.</param>
    /// <param name="topics">What its reader shares with those of the connection's topics.</param>
    public StreamItems(int? capacity, LateWhenFull whenFull, StreamGaps gaps, ConnectionTopics topics)
    {
        (_gaps, _topics) = (gaps, topics);
        Reader = new TopicReader<TItem>(this, _log, gaps, new LateSubscribeOptions { Capacity = capacity, WhenFull = whenFull }) { EndsWithSession = true };
        _log.Add(Reader);
    }

    /// <summary>The reader.</summary>
    public TopicReader<TItem> Reader { get; }

    public string Name => _gaps.Request;

    public bool HasBegun => true;

    public void CheckWait() => _topics.CheckWait(Name);

    /// <summary>Adds an item.</summary>
    /// <param name="item">The item.</param>
    /// <param name="isFull">True where there is no room for it, and the stream is to fail.</param>
    /// <returns>False where it is not added.</returns>
    public bool TryAdd(TItem item, out bool isFull)
    {
        bool wakes;
        using (Gate.EnterOwn(this))
        {
            isFull = !_isEnded && Reader.FailsWhenFull && _log.Head - Reader.Position >= Reader.Capacity;
            if (_isEnded || isFull)
            {
                return false;
            }

            _log.Add(item);
            wakes = _waiting.TryBeginWake();
        }

        if (wakes)
        {
            _topics.WakeUps.Add(this);
        }

        return true;
    }

    /// <summary>There is no room for an item: the reader fails behind those that are there.</summary>
    public void Overflow() => End(_gaps.Overflow(dropped: 1));

    /// <summary>Nothing follows the items that are there.</summary>
    /// <param name="failure">What the reader gets behind them; null for nothing.</param>
    public void End(Exception? failure)
    {
        using (Gate.EnterOwn(this))
        {
            if (_isEnded)
            {
                return;
            }

            (_isEnded, Reader.Failure) = (true, failure);
        }

        // Not at the end of a burst, which a callback may hold up.
        Reader.Wake();
    }

    public Reading Read(TopicReader<TItem> reader, out LateSubscriptionEvent<TItem> next)
    {
        using (Gate.EnterOwn(this))
        {
            var found = _log.Read(reader, out next);
            if (found == Reading.Nothing && _isEnded)
            {
                reader.Ending = reader.Failure;
                return Reading.End;
            }

            if (found == Reading.Nothing)
            {
                _waiting.Add(reader);
            }

            return found;
        }
    }

    /// <summary>The reader has left: what it has not read is dropped.</summary>
    public void Leave(TopicReader<TItem> reader)
    {
        using (Gate.EnterOwn(this))
        {
            _isEnded = true;
            _log.Clear();
        }
    }

    public override void WakeReaders() => _waiting.Wake(this);
}
