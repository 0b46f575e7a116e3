using Late.Hosting.Locking;
using Late.Hosting.Tests.Support;
using Late.Hosting.Tests.Topics;

namespace Late.Hosting.Tests;

/// <summary>Tables whose keys have an equality of the application's: one that is slow, throws or comes back to its table holds up nothing of the connection.</summary>
public sealed class OwnKeyTests
{
    private readonly LatePendingCalls<Key> _calls = new();
    private readonly LateTopics<Key, Ticker, int> _topics = new();
    private readonly ScriptedHandler _handler = new();
    private readonly KeyCode _code = new();
    private LateCall<string> _call = null!;
    private LateTopic<Ticker, int> _topic = null!;

    public OwnKeyTests()
    {
        _handler.Call = (request, call, state, _) =>
        {
            _call = call;
            Assert.True(_calls.TryAdd(new Key(request.Text, _code), call));
            return LateResult.Send(state, LateFrame.Text(request.Text));
        };
        _handler.Subscribe = (topic, state, _) =>
        {
            _topic = topic;
            _topics.Add(new Key(topic.Key.Symbol, _code), topic);
            return LateResult.Send(state, LateFrame.Text(topic.Key.Symbol));
        };
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task P5_a_call_ends_in_its_time_while_a_thread_is_in_the_equality_of_its_key()
    {
        await using var host = new TestHost(_handler);
        var call = await CallAsync(host, "a");
        using var slow = new SlowCode(_code);
        var adding = Task.Run(() => _calls.TryAdd(new Key("another", _code), _call), Token);
        slow.Entered.Wait(Token);
        host.Time.Advance(TimeSpan.FromSeconds(5));

        await Assert.ThrowsAsync<LateCallTimeoutException>(() => call);
        Assert.Equal(0, _calls.Count);
        slow.Released.Set();
        await adding;
        Assert.Equal(0, _calls.Count);
    }

    [Fact]
    public async Task P20_a_session_ends_for_its_readers_while_a_thread_is_in_the_equality_of_the_key_of_a_topic()
    {
        await using var host = new TestHost(_handler);
        var socket = await host.ReadyAsync();
        await using var prices = await host.Client.SubscribeAsync(new Ticker("BTC"), Token);
        using var slow = new SlowCode(_code);
        var adding = Task.Run(() => _topics.TryAdd(new Key("another", _code), _topic), Token);
        slow.Entered.Wait(Token);
        socket.Drop();

        Assert.Equal("Interrupted", await prices.EventsAsync(1));
        Assert.Equal(0, _topics.Count);
        slow.Released.Set();
        await adding;
        Assert.Equal(0, _topics.Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task P5_a_call_whose_key_throws_from_then_on_ends_in_its_time(bool throwsForHashCode)
    {
        await using var host = new TestHost(_handler);
        var call = await CallAsync(host, "a");
        _code.Break(throwsForHashCode);
        host.Time.Advance(TimeSpan.FromSeconds(5));

        await Assert.ThrowsAsync<LateCallTimeoutException>(() => call);
        Assert.Equal(0, _calls.Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task P20_readers_of_topics_whose_keys_throw_from_then_on_continue_in_the_next_session(bool throwsForHashCode)
    {
        await using var host = new TestHost(_handler);
        var socket = await host.ReadyAsync();
        await using var first = await host.Client.SubscribeAsync(new Ticker("BTC"), Token);
        await using var second = await host.Client.SubscribeAsync(new Ticker("ETH"), Token);
        _code.Break(throwsForHashCode);
        socket.Drop();

        Assert.Equal("Interrupted", await first.EventsAsync(1));
        Assert.Equal("Interrupted", await second.EventsAsync(1));
        Assert.Equal(0, _topics.Count);
        _code.Repair();
        await host.NextAttemptAsync();
        await host.Transport.AcceptAsync();
        Assert.Equal("Restored", await first.EventsAsync(1));
        Assert.Equal("Restored", await second.EventsAsync(1));
        Assert.Equal(2, _topics.Count);
    }

    [Fact]
    public async Task P2_an_exception_of_the_equality_goes_to_the_caller_whose_key_is_added_and_changes_nothing()
    {
        await using var host = new TestHost(_handler);
        var first = await CallAsync(host, "a");
        _code.Break(throwsForHashCode: false);

        await Assert.ThrowsAsync<FormatException>(() => host.Client.CallAsync(new Ask("b"), Token));
        _code.Repair();
        Assert.Equal(1, _calls.Count);
        Assert.True(_calls.Reply(new Key("a", _code), "done"));
        Assert.Equal("done", await first);
        Assert.Equal(0, _calls.Count);
    }

    [Fact]
    public async Task P5_an_equality_that_replies_to_a_call_of_its_table_harms_no_other()
    {
        await using var host = new TestHost(_handler);
        var socket = await host.ReadyAsync();
        var first = host.Client.CallAsync(new Ask("a"), Token);
        Assert.Equal("a", await socket.SentAsync());
        _code.Equaling = () =>
        {
            _code.Repair();
            Assert.True(_calls.Reply(new Key("a", _code), "from the equality"));
        };
        var second = host.Client.CallAsync(new Ask("b"), Token);
        Assert.Equal("b", await socket.SentAsync());

        Assert.Equal("from the equality", await first);
        Assert.Equal(1, _calls.Count);
        Assert.True(_calls.Reply(new Key("b", _code), "done"));
        Assert.Equal("done", await second);
    }

    [Fact]
    public async Task P20_an_equality_that_publishes_and_completes_a_topic_of_its_table_harms_no_other()
    {
        await using var host = new TestHost(_handler);
        await host.ReadyAsync();
        await using var first = await host.Client.SubscribeAsync(new Ticker("BTC"), Token);
        _code.Equaling = () =>
        {
            _code.Repair();
            Assert.True(_topics.Publish(new Key("BTC", _code), 1));
            Assert.True(_topics.Complete(new Key("BTC", _code)));
        };
        await using var second = await host.Client.SubscribeAsync(new Ticker("ETH"), Token);

        Assert.Equal([1], await first.ItemsAsync(2));
        Assert.Equal(1, _topics.Count);
        Assert.True(_topics.Publish(new Key("ETH", _code), 2));
        Assert.Equal([2], await second.ItemsAsync(1));
    }

    private static async Task<Task<string>> CallAsync(TestHost host, string text)
    {
        var socket = await host.ReadyAsync();
        var call = host.Client.CallAsync(new Ask(text), Token);
        Assert.Equal(text, await socket.SentAsync());
        return call;
    }

    /// <summary>A key that runs what a test wants; all have one hash code.</summary>
    private sealed class Key(string name, KeyCode code)
    {
        private string Name => name;

        public override bool Equals(object? obj)
        {
            Gate.AssertNoneIsHeld();
            code.Equaling?.Invoke();
            return obj is Key other && other.Name == name;
        }

        public override int GetHashCode()
        {
            Gate.AssertNoneIsHeld();
            code.Hashing?.Invoke();
            return 7;
        }
    }

    private sealed class KeyCode
    {
        public Action? Equaling { get; set; }

        public Action? Hashing { get; set; }

        public void Break(bool throwsForHashCode)
        {
            Action breaks = static () => throw new FormatException();
            (Equaling, Hashing) = throwsForHashCode ? (null, breaks) : (breaks, (Action?)null);
        }

        public void Repair() => (Equaling, Hashing) = (null, null);
    }

    /// <summary>Holds up the first thread that compares keys.</summary>
    private sealed class SlowCode : IDisposable
    {
        public SlowCode(KeyCode code) => code.Equaling = () =>
        {
            code.Repair();
            Entered.Set();
            Released.Wait(Token);
        };

        public ManualResetEventSlim Entered { get; } = new();

        public ManualResetEventSlim Released { get; } = new();

        public void Dispose()
        {
            Released.Set();
            Released.Dispose();
            Entered.Dispose();
        }
    }
}
