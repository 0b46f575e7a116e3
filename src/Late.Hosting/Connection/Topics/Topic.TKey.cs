using Late.Hosting.Connection.Lifecycle;
using Late.Hosting.Diagnostics;
using Late.Hosting.Locking;

namespace Late.Hosting.Connection.Topics;

/// <summary>
/// A topic of a connection: its readers, its items, and its <see cref="LateTopic{TKey, TItem}"/> in the session that is open. It outlasts sessions
/// and lives; without a reader it is removed, and the next subscriber makes another.
/// </summary>
internal sealed class Topic<TKey, TItem>(TKey key, ConnectionTopics topics) : Topic, ITopicSource<TKey, TItem>, ITopicFeed<TItem>
    where TKey : ILateTopic<TKey, TItem>
{
    private readonly TopicLog<TItem> _log = new();
    private LateTopic<TKey, TItem>? _present;
    private readonly WaitingReaders<TItem> _waiting = new();
    private LingerClock? _lingering;
    private long _requested;
    private long _leaves;
    private bool _isConfirmed;
    private bool _isRemoved;

    public TKey Key => key;

    public (string Connection, string Topic) Name => (topics.ConnectionName, TypeName.Of<TKey>());

    /// <summary>True where the handler has received it in the session that is open.</summary>
    public bool HasBegun => Volatile.Read(ref _present) is not null;

    /// <summary>Adds a reader of what is published from now on.</summary>
    /// <returns>Null where the topic is removed.</returns>
    public TopicReader<TItem>? TryJoin(in LateSubscribeOptions options, bool endsWithSession)
    {
        var reader = new TopicReader<TItem>(this, _log, options) { EndsWithSession = endsWithSession };
        using (Gate.EnterOwn(this))
        {
            if (_isRemoved)
            {
                return null;
            }

            _log.Add(reader);
            reader.IsConfirmed = _isConfirmed;
        }

        if (reader.IsConfirmed)
        {
            reader.Confirm();
        }

        return reader;
    }

    public void Leave(TopicReader<TItem> reader)
    {
        bool isRemoved;
        long leave;
        using (Gate.EnterOwn(this))
        {
            if (reader.Index < 0)
            {
                return;
            }

            _log.Remove(reader);
            if (_log.Readers.Count > 0)
            {
                return;
            }

            _log.Clear();
            leave = ++_leaves;

            // What the handler has not received in this session is not subscribed to at the server.
            isRemoved = _isRemoved = _present is null;
        }

        if (isRemoved)
        {
            topics.Remove(this);
        }
        else
        {
            LingerClock.Start(ref _lingering, topics.Time, reader.Linger, (leave, () => topics.Unsubscribe(this, leave)));
        }
    }

    public bool Publish(LateTopic<TKey, TItem> topic, TItem item)
    {
        bool wakes;
        using (Gate.EnterOwn(this))
        {
            if (topic != _present)
            {
                return false;
            }

            if (_log.Readers.Count == 0)
            {
                return true;
            }

            _log.Add(item);
            wakes = _waiting.TryBeginWake();
        }

        if (wakes)
        {
            topics.WakeUps.Add(this);
        }

        return true;
    }

    public bool Confirm(LateTopic<TKey, TItem> topic)
    {
        TopicReader<TItem>[] confirmed;
        bool wakes;
        using (Gate.EnterOwn(this))
        {
            if (topic != _present || _isConfirmed)
            {
                return false;
            }

            _isConfirmed = true;
            confirmed = _log.Confirm();
            wakes = _log.Restore() && _waiting.TryBeginWake();
        }

        Array.ForEach(confirmed, static reader => reader.Confirm());
        if (wakes)
        {
            topics.WakeUps.Add(this);
        }

        return true;
    }

    public bool Fail(LateTopic<TKey, TItem> topic, Exception exception)
    {
        TopicReader<TItem>[] failed;
        using (Gate.EnterOwn(this))
        {
            if (topic != _present)
            {
                return false;
            }

            failed = _log.Take(static _ => true, _ => exception);
            (_present, _isRemoved) = (null, true);
        }

        topics.Remove(this);
        topic.End();
        Array.ForEach(failed, static reader => reader.OnFailed());
        return true;
    }

    public Reading Read(TopicReader<TItem> reader, out LateSubscriptionEvent<TItem> next)
    {
        using (Gate.EnterOwn(this))
        {
            if (reader.HasLeft)
            {
                next = default;
                return Reading.End;
            }

            var found = _log.Read(reader, out next);
            if (found != Reading.Nothing)
            {
                return found;
            }

            if (reader.Failure is not null)
            {
                return Reading.End;
            }

            _waiting.Add(reader);
            return found;
        }
    }

    /// <summary>Whether the handler is to subscribe in a session: once, and where there is a reader.</summary>
    public bool TryRequest(long session)
    {
        using (Gate.EnterOwn(this))
        {
            if (_isRemoved || _log.Readers.Count == 0 || _requested == session)
            {
                return false;
            }

            _requested = session;
            return true;
        }
    }

    /// <summary>Makes what the handler gets in a session.</summary>
    /// <returns>Null where no reader is left.</returns>
    public LateTopic<TKey, TItem>? TryBegin(long session)
    {
        using (Gate.EnterOwn(this))
        {
            return _isRemoved || _present is not null ? null : _present = new LateTopic<TKey, TItem>(this, key, session);
        }
    }

    /// <summary>Removes the topic, from which the handler unsubscribes now.</summary>
    /// <param name="leave">The number of the leave that this follows.</param>
    /// <returns>What the handler has; null where there is a reader again, or the session has ended.</returns>
    public LateTopic<TKey, TItem>? TryUnsubscribe(long leave)
    {
        LateTopic<TKey, TItem> ended;
        using (Gate.EnterOwn(this))
        {
            if (_present is null || _leaves != leave || _log.Readers.Count > 0)
            {
                return null;
            }

            (ended, _isRemoved) = (_present, true);
        }

        topics.Remove(this);
        return ended;
    }

    /// <summary>The handler has unsubscribed.</summary>
    public void End(LateTopic<TKey, TItem> topic)
    {
        using (Gate.EnterOwn(this))
        {
            _present = null;
        }

        topic.End();
        Interlocked.Exchange(ref _lingering, null)?.Dispose();
    }

    public override void Restore(RestoreRound round) => round.Add(this);

    public override void EndSession(long number, ConnectionFailure failure)
    {
        TopicReader<TItem>[] failed;
        LateTopic<TKey, TItem>? ended = null;
        bool wakes;
        using (Gate.EnterOwn(this))
        {
            if (_present?.Session == number)
            {
                (ended, _present, _isConfirmed) = (_present, null, false);
                _log.Interrupt();
            }

            failed = _log.Take(
                static reader => reader is { IsConfirmed: false, EndsWithSession: true },
                _ => failure.ToException(topics.ConnectionName, ended is null ? LateDelivery.NotDelivered : LateDelivery.Unknown));
            _log.SkipUnconfirmed();
            _isRemoved |= _log.Readers.Count == 0;
            wakes = _waiting.TryBeginWake();
        }

        ended?.End();
        Finish(failed, wakes);
    }

    public override void EndConnection(bool keepsConfirmed)
    {
        TopicReader<TItem>[] failed;
        using (Gate.EnterOwn(this))
        {
            failed = _log.Take(reader => !keepsConfirmed || !reader.IsConfirmed, reader => topics.EndOf<TKey>(reader.IsConfirmed));
            _isRemoved |= _log.Readers.Count == 0 && _present is null;
        }

        Finish(failed, wakes: false);
    }

    public override void WakeReaders() => _waiting.Wake(this);

    private void Finish(TopicReader<TItem>[] failed, bool wakes)
    {
        if (_isRemoved)
        {
            topics.Remove(this);
            Interlocked.Exchange(ref _lingering, null)?.Dispose();
        }

        Array.ForEach(failed, static reader => reader.OnFailed());
        if (wakes)
        {
            topics.WakeUps.Add(this);
        }
    }
}
