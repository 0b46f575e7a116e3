using Late.Hosting.Connection.Lifecycle;
using Late.Hosting.Diagnostics;
using Late.Hosting.Locking;

namespace Late.Hosting.Connection.Topics;

/// <summary>A topic of a connection, with the side that the handler sees: its <see cref="LateTopic{TKey, TItem}"/> in the session that is open.</summary>
internal sealed class Topic<TKey, TItem>(TKey key, ConnectionTopics topics) : Topic<TItem>(TypeName.Of<TKey>(), topics), ITopicSource<TKey, TItem>
    where TKey : ILateTopic<TKey, TItem>
{
    private readonly ConnectionTopics _topics = topics;
    private LateTopic<TKey, TItem>? _present;
    private long _requested;
    private long _begunAt;
    private long _postponed;

    public TKey Key => key;

    public override bool HasBegun => Volatile.Read(ref _present) is not null;

    public bool Publish(LateTopic<TKey, TItem> topic, TItem item)
    {
        bool wakes;
        (long Number, TimeSpan Linger) leave;
        using (Gate.EnterOwn(this))
        {
            if (topic != _present)
            {
                return false;
            }

            wakes = Add(item, out leave);
        }

        Wake(wakes);
        OnLeft(leave.Number, leave.Linger);
        return true;
    }

    public bool Confirm(LateTopic<TKey, TItem> topic)
    {
        TopicReader<TItem>[] confirmed = [];
        bool isFirst;
        bool wakes = false;
        long postponed;
        using (Gate.EnterOwn(this))
        {
            if (topic != _present)
            {
                return false;
            }

            isFirst = !IsConfirmed;
            (postponed, _postponed) = (_postponed, 0);
            if (isFirst)
            {
                IsConfirmed = true;
                confirmed = Log.Confirm();
                wakes = Log.Restore() && BeginsWake();
            }
        }

        Array.ForEach(confirmed, static reader => reader.Confirm());
        Wake(wakes);
        if (postponed != 0)
        {
            OnLingered(postponed);
        }

        return isFirst;
    }

    public bool End(LateTopic<TKey, TItem> topic, Exception? exception)
    {
        TopicReader<TItem>[] failed;
        using (Gate.EnterOwn(this))
        {
            if (topic != _present)
            {
                return false;
            }

            failed = Log.Take(static _ => true, _ => exception);
            (_present, IsRemoved) = (null, true);
        }

        topic.End();
        Finish(failed, wakes: false);
        return true;
    }

    /// <summary>Whether the handler is to subscribe in a session: once, and where there is a reader.</summary>
    public bool TryRequest(long session)
    {
        using (Gate.EnterOwn(this))
        {
            if (IsRemoved || Log.Readers.Count == 0 || _requested == session)
            {
                return false;
            }

            _requested = session;
            return true;
        }
    }

    /// <summary>Whether a reader waits for a reply that has not come in its time: the handler is to subscribe again.</summary>
    public bool LacksReply()
    {
        var now = _topics.Time.GetTimestamp();
        using (Gate.EnterOwn(this))
        {
            return LacksReply(now);
        }
    }

    /// <summary>Makes what the handler gets in a session.</summary>
    /// <returns>Null where no reader is left.</returns>
    public LateTopic<TKey, TItem>? TryBegin(long session)
    {
        var now = _topics.Time.GetTimestamp();
        using (Gate.EnterOwn(this))
        {
            if (IsRemoved || _present is not null)
            {
                return null;
            }

            _begunAt = now;
            return _present = new LateTopic<TKey, TItem>(this, key, session);
        }
    }

    /// <summary>
    /// Removes the topic, from which the handler unsubscribes now. Where the reply to its request is lost, and a reader waits for it, the topic stays,
    /// and is subscribed to again. Where the reply is awaited and no reader is left, that is put off until it comes, for the time of a reply.
    /// </summary>
    /// <param name="leave">The number of the leave that this follows; null where it follows a reader that waits for a lost reply.</param>
    /// <returns>What the handler has; null where there is a reader again, or the session has ended.</returns>
    public LateTopic<TKey, TItem>? TryUnsubscribe(long? leave)
    {
        var now = _topics.Time.GetTimestamp();
        LateTopic<TKey, TItem>? ended;
        bool isRemoved, waits;
        using (Gate.EnterOwn(this))
        {
            (ended, isRemoved) = (_present, Log.Readers.Count == 0);
            if (ended is null || (!LacksReply(now) && (Leaves != leave || !isRemoved)))
            {
                return null;
            }

            // The server's word for it is not known yet; where the handler does not wait for that, or it has not come, it is not waited for.
            waits = isRemoved && !IsConfirmed && ended.AwaitsReply && _postponed != Leaves;
            (IsRemoved, _postponed) = waits ? (IsRemoved, Leaves) : (isRemoved, 0);
        }

        if (waits)
        {
            Linger(leave!.Value, _topics.ReplyTimeout);
            return null;
        }

        if (isRemoved)
        {
            _topics.Remove(this);
        }

        return ended;
    }

    /// <summary>The handler has unsubscribed.</summary>
    public void End(LateTopic<TKey, TItem> topic)
    {
        bool isWanted;
        using (Gate.EnterOwn(this))
        {
            _present = null;
            isWanted = !IsRemoved && Log.Readers.Count > 0;
            (_requested, IsConfirmed) = isWanted ? (0, false) : (_requested, IsConfirmed);
        }

        topic.End();
        EndLinger();
        if (isWanted)
        {
            _topics.Request(this);
        }
    }

    public override void Restore(RestoreRound round) => round.Add(this);

    public override void EndSession(long number, ConnectionFailure failure, ReadersAtEnd confirmed)
    {
        TopicReader<TItem>[] failed;
        LateTopic<TKey, TItem>? ended = null;
        bool wakes;
        using (Gate.EnterOwn(this))
        {
            if (_present?.Session == number)
            {
                (ended, _present, IsConfirmed) = (_present, null, false);
                Log.Interrupt();
            }

            // At the same moment: a reader that reads the interruption finds the end that follows.
            failed =
            [
                .. Log.Take(
                    static reader => reader is { IsConfirmed: false, EndsWithSession: true },
                    _ => failure.ToException(_topics.ConnectionName, ended is null ? LateDelivery.NotDelivered : LateDelivery.Unknown)),
                .. End(confirmed),
            ];
            Log.SkipUnconfirmed();
            IsRemoved |= Log.Readers.Count == 0;
            wakes = BeginsWake();
        }

        ended?.End();
        Finish(failed, wakes);
    }

    protected override void OnLingered(long leave) => _topics.Unsubscribe(this, leave);

    /// <summary>Whether a reader waits for a reply that has not come in its time; under the lock.</summary>
    private bool LacksReply(long now) =>
        _present is { AwaitsReply: true } && !IsConfirmed && Log.Readers.Count > 0
        && _topics.ReplyTimeout is var timeout && timeout != Timeout.InfiniteTimeSpan && _topics.Time.GetElapsedTime(_begunAt, now) >= timeout;
}
