using Late.Hosting.Tests.Support;

namespace Late.Hosting.Tests.Topics.Many;

/// <summary>Topics over many sessions, and readers that come and go: all of it drawn from a seed, and held against the promises.</summary>
internal sealed class ManyTopics
{
    private const int ActsPerSession = 30;
    private const int ItemsPerSession = 200;

    private readonly TestHost _host;
    private readonly Random _dice;
    private readonly TrackedTopic[] _topics;
    private readonly Dictionary<Ticker, TrackedTopic> _byKey;
    private readonly List<(Task<LateSubscription<int>> Task, Action<LateSubscription<int>> Then)> _joining = [];
    private int _session = 1;

    public ManyTopics(TestHost host, int count, int seed)
    {
        (_host, _dice) = (host, new Random(seed));
        _topics = [.. Enumerable.Range(0, count).Select(static number => new TrackedTopic(new Ticker($"{number}")))];
        _byKey = _topics.ToDictionary(static topic => topic.Key);
        host.Handler.Subscribe = OnSubscribe;
        host.Handler.Unsubscribe = OnUnsubscribe;
        host.Handler.Disconnect = OnDisconnect;
        host.Handler.Call = OnCall;
    }

    /// <summary>How often the handler has subscribed.</summary>
    public int Subscribes { get; private set; }

    /// <summary>How many items were lost by readers that may.</summary>
    public long Dropped { get; private set; }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Lives through so many sessions.</summary>
    public async Task RunAsync(int sessions)
    {
        var socket = await _host.ReadyAsync();
        foreach (var topic in _topics)
        {
            Join(topic);
        }

        await JoinedAsync();
        while (true)
        {
            await ActAsync(isReady: true);
            await _host.Client.CallAsync(new Ask("publish"), Token);
            Publish(ItemsPerSession / 10);
            if (_session == sessions)
            {
                break;
            }

            socket.Drop();
            await _host.WaitingUntilAsync();
            await ActAsync(isReady: false);
            await _host.NextAttemptAsync();
            socket = await _host.Transport.AcceptAsync();
            await _host.Client.WaitForReadyAsync(Token);
            _session++;
            await JoinedAsync();
            _host.Handler.Trace();
        }

        await EndAsync();
    }

    private async Task EndAsync()
    {
        foreach (var topic in _topics)
        {
            topic.Readers.ForEach(reader => reader.EndAt(topic.Items + 1));
            topic.Publish();
        }

        foreach (var reader in _topics.SelectMany(static topic => topic.Readers))
        {
            await reader.EndAsync();
            Dropped += reader.Dropped;
        }
    }

    private async Task ActAsync(bool isReady)
    {
        for (var i = 0; i < ActsPerSession; i++)
        {
            var topic = _topics[_dice.Next(_topics.Length)];
            if (_dice.Next(2) == 0)
            {
                Join(topic);
            }
            else if (topic.Readers.Count > 0)
            {
                var reader = topic.Readers[_dice.Next(topic.Readers.Count)];
                topic.Readers.Remove(reader);
                await reader.LeaveAsync(_dice.Next(2) == 0 ? topic.Items : null);
            }
        }

        if (isReady)
        {
            await JoinedAsync();
        }
    }

    // Where there is no session, it is confirmed in the next one, before anything else is done.
    private void Join(TrackedTopic topic)
    {
        var whenFull = (LateWhenFull)Math.Max(0, _dice.Next(-12, 3));
        var readsAlong = _dice.Next(4) > 0;
        var options = new LateSubscribeOptions { WhenFull = whenFull, Capacity = whenFull == LateWhenFull.Fail ? 1 << 20 : 4, Timeout = Timeout.InfiniteTimeSpan };
        var next = topic.Items;
        _joining.Add((_host.Client.SubscribeAsync(topic.Key, options, Token), Track));

        void Track(LateSubscription<int> subscription)
        {
            var reader = new TrackedReader(subscription, next, _session) { MayDrop = whenFull != LateWhenFull.Fail };
            topic.Readers.Add(reader);
            if (readsAlong)
            {
                reader.Begin();
            }
        }
    }

    private async Task JoinedAsync()
    {
        foreach (var (task, then) in _joining)
        {
            then(await task);
        }

        _joining.Clear();
    }

    private void Publish(int count)
    {
        for (; count > 0; count--)
        {
            _topics[_dice.Next(_topics.Length)].Publish();
        }
    }

    // What fails here goes to the readers, and so to the test.
    private ValueTask<LateResult<int>> OnSubscribe(LateTopic<Ticker, int> topic, int state, CancellationToken cancellationToken)
    {
        var tracked = _byKey[topic.Key];
        Assert.True(tracked.Present is null, $"the handler subscribes twice to topic {topic.Key.Symbol}");
        tracked.Present = topic;
        Subscribes++;
        return LateResult.Ok(state);
    }

    private ValueTask<LateResult<int>> OnUnsubscribe(Ticker topic, int state, CancellationToken cancellationToken)
    {
        _byKey[topic].Present = null;
        return LateResult.Ok(state);
    }

    private ValueTask<LateDisconnectResult<int>> OnDisconnect(LateDisconnect disconnect, int state, CancellationToken cancellationToken)
    {
        foreach (var topic in _topics)
        {
            Assert.True(topic.Present?.IsEnded != false, "a topic has outlived its session");
            topic.Present = null;
        }

        return LateDisconnectResult.Ok(state);
    }

    // Behind all that was to be subscribed to, and unsubscribed from.
    private ValueTask<LateResult<int>> OnCall(Ask request, LateCall<string> call, int state, CancellationToken cancellationToken)
    {
        Assert.All(_topics, topic => Assert.True(topic.Present is not null == topic.Readers.Count > 0, $"topic {topic.Key.Symbol} has {topic.Readers.Count} readers, and the handler has {topic.Present}"));
        Publish(ItemsPerSession);
        call.Reply("published");
        return LateResult.Ok(state);
    }
}
