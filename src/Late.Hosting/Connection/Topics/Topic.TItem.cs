using Late.Hosting.Locking;

namespace Late.Hosting.Connection.Topics;

/// <summary>The side of a topic that its readers see: its readers and their items. It outlasts sessions and lives; without a reader it is removed.</summary>
/// <param name="name">The name of its type.</param>
/// <param name="topics">The topics of the connection.</param>
internal abstract class Topic<TItem>(string name, ConnectionTopics topics) : Topic, ITopicFeed<TItem>
{
    private readonly TopicGaps _gaps = new(topics.ConnectionName, name);
    private readonly WaitingReaders<TItem> _waiting = new();
    private LingerClock? _lingering;

    public string Name => name;

    public abstract bool HasBegun { get; }

    /// <summary>The items. This and what follows is used under the lock.</summary>
    protected TopicLog<TItem> Log { get; } = new();

    /// <summary>How often the last reader has left.</summary>
    protected long Leaves { get; private set; }

    /// <summary>True where the handler has confirmed it in the session that is open.</summary>
    protected bool IsConfirmed { get; set; }

    /// <summary>True where another topic has its place.</summary>
    protected bool IsRemoved { get; set; }

    /// <summary>Adds a reader of what is published from now on.</summary>
    /// <returns>Null where the topic is removed.</returns>
    public TopicReader<TItem>? TryJoin(in LateSubscribeOptions options, bool endsWithSession)
    {
        var reader = new TopicReader<TItem>(this, Log, _gaps, options) { EndsWithSession = endsWithSession };
        using (Gate.EnterOwn(this))
        {
            if (IsRemoved)
            {
                return null;
            }

            Log.Add(reader);
            reader.IsConfirmed = IsConfirmed;
        }

        if (reader.IsConfirmed)
        {
            reader.Confirm();
        }

        return reader;
    }

    public void CheckWait() => topics.CheckWait(name);

    public void Leave(TopicReader<TItem> reader)
    {
        long leave;
        using (Gate.EnterOwn(this))
        {
            if (reader.Index < 0)
            {
                return;
            }

            Log.Remove(reader);
            leave = NoteLeave();
        }

        OnLeft(leave, reader.Linger);
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

            var found = Log.Read(reader, out next);
            if (found != Reading.Nothing)
            {
                return found;
            }

            if (reader.IsEnded || reader.Failure is not null)
            {
                reader.Ending = reader.Failure;
                return Reading.End;
            }

            _waiting.Add(reader);
            return found;
        }
    }

    public override void StandBy()
    {
        bool wakes;
        using (Gate.EnterOwn(this))
        {
            Log.StandBy();
            Log.SkipUnconfirmed();
            wakes = BeginsWake();
        }

        Wake(wakes);
    }

    public override void EndConnection(ReadersAtEnd confirmed)
    {
        TopicReader<TItem>[] failed;
        using (Gate.EnterOwn(this))
        {
            failed = [.. Log.Take(static reader => !reader.IsConfirmed, _ => topics.EndOf(name, isConfirmed: false)), .. End(confirmed)];
            IsRemoved |= Log.Readers.Count == 0 && !HasBegun;
        }

        Finish(failed, wakes: false);
    }

    public override void Resume()
    {
        using (Gate.EnterOwn(this))
        {
            Log.Readers.ForEach(static reader => reader.Failure = null);
        }
    }

    public override void WakeReaders() => _waiting.Wake(this);

    /// <summary>The time of <see cref="LateSubscribeOptions.Linger"/> has passed since the last reader has left.</summary>
    /// <param name="leave">The number of the leave.</param>
    protected abstract void OnLingered(long leave);

    /// <summary>Adds an item; under the lock.</summary>
    /// <param name="item">The item.</param>
    /// <param name="leave">The number of the leave, where the last reader has left with it, and how long it lingers.</param>
    /// <returns>True where readers are to be woken.</returns>
    protected bool Add(TItem item, out (long Number, TimeSpan Linger) leave)
    {
        leave = default;
        if (Log.Readers.Count == 0)
        {
            return false;
        }

        Log.Add(item);
        if (Log.ChecksReaders && Log.TakeOverflowed() is [.., var last])
        {
            leave = (NoteLeave(), last.Linger);
        }

        return BeginsWake();
    }

    /// <summary>The connection ends; under the lock.</summary>
    /// <param name="confirmed">What confirmed readers do.</param>
    /// <returns>Those that fail, or receive a fault.</returns>
    protected TopicReader<TItem>[] End(ReadersAtEnd confirmed)
    {
        switch (confirmed)
        {
            case ReadersAtEnd.Fail:
                return Log.Take(static reader => reader.IsConfirmed, _ => topics.EndOf(name, isConfirmed: true));
            case ReadersAtEnd.Wait:
                TopicReader<TItem>[] waiting = [.. Log.Readers.Where(static reader => reader.IsConfirmed)];
                Array.ForEach(waiting, reader => reader.Failure ??= topics.FaultOf(name));
                return waiting;
            default:
                return [];
        }
    }

    /// <summary>Whether readers are to be woken; under the lock.</summary>
    protected bool BeginsWake() => _waiting.TryBeginWake();

    protected void Wake(bool wakes)
    {
        if (wakes)
        {
            topics.WakeUps.Add(this);
        }
    }

    /// <summary>The last reader has left.</summary>
    /// <param name="leave">The number of the leave; 0 where there are others.</param>
    /// <param name="linger">The time that it stays subscribed to.</param>
    protected void OnLeft(long leave, TimeSpan linger)
    {
        if (leave == 0)
        {
            return;
        }

        if (IsRemoved)
        {
            // Of an earlier leave.
            EndLinger();
            topics.Remove(this);
        }
        else
        {
            Linger(leave, linger);
        }
    }

    /// <summary>Readers have failed, and perhaps there is none any more.</summary>
    protected void Finish(TopicReader<TItem>[] failed, bool wakes)
    {
        if (IsRemoved)
        {
            topics.Remove(this);
            EndLinger();
        }

        Array.ForEach(failed, static reader => reader.OnEnded());
        Wake(wakes);
    }

    protected override TopicCounts CountItems() => Log.Count();

    protected void EndLinger() => Interlocked.Exchange(ref _lingering, null)?.Dispose();

    /// <summary>Has <see cref="OnLingered"/> follow after a time, unless there is a later leave. A method of its own: what it captures is not allocated where none has left.</summary>
    protected void Linger(long leave, TimeSpan linger)
    {
        LingerClock.Start(ref _lingering, topics.Time, linger, (leave, () => OnLingered(leave)));
        if (IsRemoved)
        {
            // With its session, in this moment.
            EndLinger();
        }
    }

    private long NoteLeave()
    {
        if (Log.Readers.Count > 0)
        {
            return 0;
        }

        Log.Clear();

        // What the handler has not received in this session is not subscribed to at the server.
        IsRemoved = !HasBegun;
        return ++Leaves;
    }
}
