using Late.Hosting.Connection.Callbacks;
using Late.Hosting.Connection.Lifecycle;
using Late.Hosting.Connection.Sessions;

namespace Late.Hosting.Connection.Topics;

/// <summary>
/// The topics of a connection that have a reader, or had one a moment ago. They outlast sessions and lives; in each session that is ready, the
/// handler subscribes to them.
/// </summary>
internal sealed class ConnectionTopics(ConnectionContext connection) : ILifecycleListener
{
    private readonly TopicTable _topics = new();
    private volatile Session? _ready;
    private volatile bool _hasWaiting;

    /// <summary>Wakes the readers.</summary>
    public ReaderWakeUps WakeUps { get; } = new();

    public string ConnectionName => connection.Name;

    public TimeProvider Time => connection.Time;

    /// <summary>How long the reply to a request for a topic may take.</summary>
    public TimeSpan ReplyTimeout => connection.Options.CallTimeout;

    private Session? OpenSession => _ready is { IsLeaving: false } ready ? ready : null;

    /// <summary>Adds a reader to a topic, and waits until that is confirmed to it.</summary>
    public async Task<LateSubscription<TItem>> SubscribeAsync<TKey, TItem>(TKey key, LateSubscribeOptions options, CancellationToken cancellationToken)
        where TKey : ILateTopic<TKey, TItem>
    {
        var reader = Begin<TKey, TItem>(key, options);
        await ConfirmAsync(reader, options.Timeout ?? connection.Options.CallTimeout, cancellationToken).ConfigureAwait(false);
        return new LateSubscription<TItem>(reader);
    }

    /// <summary>Adds a reader to a topic, which is subscribed to where it is not.</summary>
    public TopicReader<TItem> Begin<TKey, TItem>(TKey key, in LateSubscribeOptions options)
        where TKey : ILateTopic<TKey, TItem>
    {
        WakeUps.Use();
        var endsWithSession = (options.WhenNotReady ?? connection.Options.WhenNotReady) == LateWhenNotReady.Fail;
        var (topic, reader) = Join<TKey, TItem>(key, options, endsWithSession);
        try
        {
            // Looked at behind the join, since what changes afterwards looks for readers.
            var session = OpenSession;
            if (connection.Lifecycle.IsEnding)
            {
                throw ConnectionFailure.NotRunning(connection.Lifecycle).ToException(ConnectionName, LateDelivery.NotDelivered);
            }

            if (session is null && endsWithSession)
            {
                throw ConnectionFailure.NotReady(connection.Lifecycle, "To wait until it is ready, set WhenNotReady = Wait.").ToException(ConnectionName, LateDelivery.NotDelivered);
            }

            Request(topic, session);
            if (session is not null && topic.LacksReply())
            {
                connection.Mailbox.SubmitOwn(new UnsubscribeItem<TKey, TItem>(topic, leave: null), session);
            }

            return reader;
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }

    /// <summary>Waits until a topic is confirmed to a reader, which leaves it where that does not happen.</summary>
    public async Task ConfirmAsync<TItem>(TopicReader<TItem> reader, TimeSpan timeout, CancellationToken cancellationToken)
    {
        // The reader leaves on the thread of the clock or of the canceler: what follows from it has begun when they continue.
        using var canceled = cancellationToken.UnsafeRegister(static (reader, token) => ((TopicReader<TItem>)reader!).Abandon(new OperationCanceledException(token)), reader);
        using var elapsed = timeout == Timeout.InfiniteTimeSpan || reader.Confirmed.IsCompleted ? null : Time.CreateTimer(
            _ => reader.Abandon(TopicFailure.TimedOut(connection.Lifecycle, reader.TopicName, timeout, reader.HasBegun ? LateDelivery.Unknown : LateDelivery.NotDelivered)),
            null,
            timeout,
            Timeout.InfiniteTimeSpan);
        await reader.Confirmed.ConfigureAwait(false);
    }

    /// <summary>The last reader of a topic has left: the handler unsubscribes, where it has subscribed in the session that is open.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="leave">The number of the leave.</param>
    public void Unsubscribe<TKey, TItem>(Topic<TKey, TItem> topic, long leave)
        where TKey : ILateTopic<TKey, TItem>
    {
        if (_ready is { } session)
        {
            connection.Mailbox.SubmitOwn(new UnsubscribeItem<TKey, TItem>(topic, leave), session);
        }
    }

    /// <summary>A reader is about to wait for an item of a topic or a stream.</summary>
    /// <exception cref="InvalidOperationException">It is inside a callback of the connection: the item would come behind that callback.</exception>
    public void CheckWait(string name)
    {
        if (CallbackScope.IsInside(connection))
        {
            throw TopicFailure.FromOneself(ConnectionName, name);
        }
    }

    /// <summary>The handler has unsubscribed from a topic that has readers, and subscribes to it again.</summary>
    public void Request<TKey, TItem>(Topic<TKey, TItem> topic)
        where TKey : ILateTopic<TKey, TItem> =>
        Request(topic, OpenSession);

    public void Remove(Topic topic) => _topics.Remove(topic);

    /// <summary>What its topics report, with those that there were before.</summary>
    public TopicCounts Count() => _topics.Count();

    /// <summary>What the readers of topics that there were before have lost; takes no lock.</summary>
    public long DroppedBefore => _topics.DroppedBefore;

    /// <summary>A session becomes ready: what the handler subscribes to is due before what waits for it.</summary>
    public void Restore(Session session, ILateHandler handler)
    {
        _ready = session;
        var round = new RestoreRound(session, handler, connection.Mailbox);
        Array.ForEach(_topics.All(), topic => topic.Restore(round));
        round.Submit();
    }

    /// <summary>A session has ended.</summary>
    public void EndSession(Session session, ConnectionFailure failure)
    {
        _ready = null;
        var confirmed = AtEnd();
        Array.ForEach(_topics.All(), topic => topic.EndSession(session.Number, failure, confirmed));
    }

    /// <summary>
    /// Where the connection ends, its readers fail: those that are confirmed when its session has ended, and not where a new life follows by itself. One that
    /// is requested later finds them.
    /// </summary>
    public void OnChanged()
    {
        var lifecycle = connection.Lifecycle;
        if (lifecycle.Life == LifePhase.Standby)
        {
            Array.ForEach(_topics.All(), static topic => topic.StandBy());
        }

        if (lifecycle.IsEnding)
        {
            var confirmed = lifecycle.Session is null ? AtEnd() : ReadersAtEnd.Stay;
            Array.ForEach(_topics.All(), topic => topic.EndConnection(confirmed));
            if (confirmed == ReadersAtEnd.Wait)
            {
                // Behind them: a new life that begins meanwhile looks for it, or is seen below.
                _hasWaiting = true;
            }
        }

        // Looked at again: a new life may have begun meanwhile.
        if (_hasWaiting && !lifecycle.IsEnding)
        {
            _hasWaiting = false;
            Array.ForEach(_topics.All(), static topic => topic.Resume());
        }
    }

    /// <summary>What a reader receives when the connection has ended.</summary>
    public LateException EndOf(string topic, bool isConfirmed) =>
        TopicFailure.Ended(connection.Lifecycle, topic, isConfirmed ? LateDelivery.Unknown : LateDelivery.NotDelivered);

    /// <summary>What a reader receives while the connection has faulted, and a new life may be requested.</summary>
    public LateException FaultOf(string topic) => TopicFailure.Faulted(connection.Lifecycle, topic);

    /// <summary>What confirmed readers do when no session is open any more.</summary>
    private ReadersAtEnd AtEnd() => connection.Lifecycle switch
    {
        { IsEnding: false } or { Life: LifePhase.Faulted, Current.IsRestarting: true } => ReadersAtEnd.Stay,
        { Life: LifePhase.Faulted, MayRevive: true } => ReadersAtEnd.Wait,
        _ => ReadersAtEnd.Fail,
    };

    private void Request<TKey, TItem>(Topic<TKey, TItem> topic, Session? session)
        where TKey : ILateTopic<TKey, TItem>
    {
        if (session is { Phase: not SessionPhase.Draining } && topic.TryRequest(session.Number))
        {
            connection.Mailbox.SubmitOwn(new SubscribeItem<TKey, TItem>(topic), session);
        }
    }

    private (Topic<TKey, TItem> Topic, TopicReader<TItem> Reader) Join<TKey, TItem>(TKey key, in LateSubscribeOptions options, bool endsWithSession)
        where TKey : ILateTopic<TKey, TItem>
    {
        while (true)
        {
            var topic = _topics.GetOrAdd<TKey, TItem>(key, this);
            if (topic.TryJoin(options, endsWithSession) is { } reader)
            {
                return (topic, reader);
            }

            // Its last reader has left in this moment.
            Remove(topic);
        }
    }
}
