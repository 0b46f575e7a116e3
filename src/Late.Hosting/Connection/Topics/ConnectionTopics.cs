using Late.Hosting.Connection.Lifecycle;
using Late.Hosting.Connection.Sessions;
using Late.Hosting.Diagnostics;
using Late.Hosting.Locking;

namespace Late.Hosting.Connection.Topics;

/// <summary>
/// The topics of a connection that have a reader, or had one a moment ago. They outlast sessions and lives; in each session that is ready, the
/// handler subscribes to them.
/// </summary>
internal sealed class ConnectionTopics(ConnectionContext connection) : ILifecycleListener
{
    private readonly Gate _gate = new();
    private Dictionary<(Type Item, object Key), Topic>? _topics;
    private volatile Session? _ready;

    /// <summary>Wakes the readers.</summary>
    public ReaderWakeUps WakeUps { get; } = new();

    public string ConnectionName => connection.Name;

    public TimeProvider Time => connection.Time;

    /// <summary>Adds a reader to a topic, and waits until that is confirmed to it.</summary>
    public async Task<LateSubscription<TItem>> SubscribeAsync<TKey, TItem>(TKey key, LateSubscribeOptions options, CancellationToken cancellationToken)
        where TKey : ILateTopic<TKey, TItem>
    {
        WakeUps.Use();
        var defaults = connection.Options;
        var endsWithSession = (options.WhenNotReady ?? defaults.WhenNotReady) == LateWhenNotReady.Fail;
        var (topic, reader) = Join<TKey, TItem>(key, options, endsWithSession);
        var timeout = options.Timeout ?? defaults.CallTimeout;
        try
        {
            // Looked at behind the join, since what changes afterwards looks for readers.
            var session = _ready is { IsLeaving: false } ready ? ready : null;
            if (connection.Lifecycle.IsEnding)
            {
                throw ConnectionFailure.NotRunning(connection.Lifecycle).ToException(ConnectionName, LateDelivery.NotDelivered);
            }

            if (session is null && endsWithSession)
            {
                throw ConnectionFailure.NotReady(connection.Lifecycle, "To wait until it is ready, set WhenNotReady = Wait.").ToException(ConnectionName, LateDelivery.NotDelivered);
            }

            if (session is { Phase: not SessionPhase.Draining } && topic.TryRequest(session.Number))
            {
                connection.Mailbox.SubmitOwn(new SubscribeItem<TKey, TItem>(topic), session);
            }

            await reader.Confirmed.WaitAsync(timeout, Time, cancellationToken).ConfigureAwait(false);
            return new LateSubscription<TItem>(reader);
        }
        catch (TimeoutException) when (!reader.Confirmed.IsCompleted)
        {
            var delivery = topic.HasBegun ? LateDelivery.Unknown : LateDelivery.NotDelivered;
            reader.Dispose();
            throw TopicFailure.TimedOut(connection.Lifecycle, TypeName.Of<TKey>(), timeout, delivery);
        }
        catch
        {
            reader.Dispose();
            throw;
        }
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

    public void Remove<TKey, TItem>(Topic<TKey, TItem> topic)
        where TKey : ILateTopic<TKey, TItem>
    {
        using (_gate.Enter())
        {
            // Another topic may have its place by then.
            if (_topics?.GetValueOrDefault((typeof(TItem), topic.Key)) == topic)
            {
                _topics.Remove((typeof(TItem), topic.Key));
            }
        }
    }

    /// <summary>A session becomes ready: what the handler subscribes to is due before what waits for it.</summary>
    public void Restore(Session session, ILateHandler handler)
    {
        _ready = session;
        var round = new RestoreRound(session, handler, connection.Mailbox);
        Array.ForEach(All(), topic => topic.Restore(round));
        round.Submit();
    }

    /// <summary>A session has ended.</summary>
    public void EndSession(Session session, ConnectionFailure failure)
    {
        _ready = null;
        Array.ForEach(All(), topic => topic.EndSession(session.Number, failure));
    }

    /// <summary>Where the connection ends, its readers fail: those that are confirmed when its session has ended, and not where a new life follows by itself.</summary>
    public void OnChanged()
    {
        var lifecycle = connection.Lifecycle;
        if (lifecycle.IsEnding)
        {
            var keepsConfirmed = lifecycle.Session is not null || lifecycle is { Life: LifePhase.Faulted, Current.IsRestarting: true };
            Array.ForEach(All(), topic => topic.EndConnection(keepsConfirmed));
        }
    }

    /// <summary>What a reader receives when the connection has ended.</summary>
    public LateException EndOf<TKey>(bool isConfirmed) =>
        TopicFailure.Ended(connection.Lifecycle, TypeName.Of<TKey>(), isConfirmed ? LateDelivery.Unknown : LateDelivery.NotDelivered);

    private (Topic<TKey, TItem> Topic, TopicReader<TItem> Reader) Join<TKey, TItem>(TKey key, in LateSubscribeOptions options, bool endsWithSession)
        where TKey : ILateTopic<TKey, TItem>
    {
        while (true)
        {
            Topic<TKey, TItem> topic;
            using (_gate.Enter())
            {
                _topics ??= [];
                if (_topics.TryGetValue((typeof(TItem), key), out var found))
                {
                    topic = (Topic<TKey, TItem>)found;
                }
                else
                {
                    _topics.Add((typeof(TItem), key), topic = new Topic<TKey, TItem>(key, this));
                }
            }

            if (topic.TryJoin(options, endsWithSession) is { } reader)
            {
                return (topic, reader);
            }

            // Its last reader has left in this moment.
            Remove(topic);
        }
    }

    private Topic[] All()
    {
        using (_gate.Enter())
        {
            return _topics is null ? [] : [.. _topics.Values];
        }
    }
}
