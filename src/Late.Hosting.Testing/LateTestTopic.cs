using Late.Hosting.Connection.Topics;
using Late.Hosting.Locking;

namespace Late.Hosting.Testing;

/// <summary>
/// A topic without a connection, for a fake <see cref="ILateClient"/>: the test publishes, and what it tests reads from the subscriptions that the fake returns.
/// </summary>
/// <typeparam name="TItem">The type of the items.</typeparam>
/// <example>
/// <code>
/// public Task&lt;LateSubscription&lt;TItem&gt;&gt; DispatchSubscribeAsync&lt;TTopic, TItem&gt;(TTopic topic, LateSubscribeOptions options, CancellationToken cancellationToken)
///     where TTopic : ILateTopic&lt;TTopic, TItem&gt; =&gt; Task.FromResult(((LateTestTopic&lt;TItem&gt;)(object)Prices).Subscribe(options));
/// </code>
/// </example>
public sealed class LateTestTopic<TItem>
{
    private readonly Feed _feed;

    /// <summary>Makes a topic without readers.</summary>
    /// <param name="connectionName">The name of the connection in exceptions.</param>
    public LateTestTopic(string connectionName = "Test") => _feed = new Feed(connectionName);

    /// <summary>How many readers have not left it.</summary>
    public int Readers => _feed.Count;

    /// <summary>Subscribes: what is published from now on is there to be read.</summary>
    /// <param name="options">How, and what follows when the reader is slow; <see cref="LateSubscribeOptions.Linger"/>, timeout and readiness have no meaning here.</param>
    /// <returns>The subscription, as an application gets it.</returns>
    public LateSubscription<TItem> Subscribe(LateSubscribeOptions options = default)
    {
        SubscribeCheck.Options(options);
        return new LateSubscription<TItem>(_feed.Join(options));
    }

    /// <summary>Publishes an item to the readers.</summary>
    /// <param name="item">The item.</param>
    public void Publish(TItem item) => _feed.Change(log =>
    {
        if (log.Readers.Count > 0)
        {
            log.Add(item);
        }
    });

    /// <summary>The session ends: the readers receive <see cref="LateSubscriptionEventKind.Interrupted"/>, or a <see cref="LateGapException"/>.</summary>
    public void Interrupt() => _feed.Change(static log => log.Interrupt());

    /// <summary>The connection stands by: the readers receive <see cref="LateSubscriptionEventKind.Standby"/>, behind that of <see cref="Interrupt"/>.</summary>
    public void StandBy() => _feed.Change(static log =>
    {
        log.Interrupt();
        log.StandBy();
    });

    /// <summary>The topic is subscribed to again, in the next session: the readers receive <see cref="LateSubscriptionEventKind.Restored"/>.</summary>
    public void Restore() => _feed.Change(static log => log.Restore());

    /// <summary>Fails the readers, behind the items that they have not read: the topic has failed, or the connection has ended.</summary>
    /// <param name="exception">What they get.</param>
    public void Fail(Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        _feed.Change(log => log.Take(static _ => true, _ => exception));
    }

    /// <summary>Completes the topic: the enumerations of its readers end behind the items that they have not read.</summary>
    public void Complete() => _feed.Change(static log => log.Take(static _ => true, static _ => null));

    private sealed class Feed(string connectionName) : ItemSource, ITopicFeed<TItem>
    {
        private readonly TopicLog<TItem> _log = new();
        private readonly WaitingReaders<TItem> _waiting = new();

        public string Name => typeof(TItem).Name;

        public bool HasBegun => true;

        public int Count
        {
            get
            {
                using (Gate.EnterOwn(this))
                {
                    return _log.Readers.Count;
                }
            }
        }

        public TopicReader<TItem> Join(in LateSubscribeOptions options)
        {
            var reader = new TopicReader<TItem>(this, _log, new TopicGaps(connectionName, Name), options) { EndsWithSession = false };
            using (Gate.EnterOwn(this))
            {
                _log.Add(reader);
            }

            return reader;
        }

        public void Change(Action<TopicLog<TItem>> change)
        {
            using (Gate.EnterOwn(this))
            {
                change(_log);
            }

            WakeReaders();
        }

        public Reading Read(TopicReader<TItem> reader, out LateSubscriptionEvent<TItem> next)
        {
            using (Gate.EnterOwn(this))
            {
                next = default;
                var found = reader.HasLeft ? Reading.End : _log.Read(reader, out next);
                if (found == Reading.Nothing && reader.IsEnded)
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

        public void CheckWait()
        {
            // There is no connection: what it publishes comes from the test.
        }

        public void Leave(TopicReader<TItem> reader)
        {
            using (Gate.EnterOwn(this))
            {
                if (reader.Index >= 0)
                {
                    _log.Remove(reader);
                }
            }
        }

        public override void WakeReaders() => _waiting.Wake(this);
    }
}
