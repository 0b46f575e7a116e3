using Late.Hosting.Tests.Support;
using static Late.Hosting.Tests.Topics.TopicReading;

namespace Late.Hosting.Tests.Topics;

/// <summary>A topic whose reply is lost, or cannot be used: it must not stay useless to later subscribers of the same session.</summary>
public sealed class LostReplyTests
{
    private static readonly TimeSpan s_callTimeout = TimeSpan.FromSeconds(5);

    private readonly LatePendingCalls _pending = new();
    private readonly LateTopics<string, Ticker, int> _topics = new();
    private readonly ScriptedHandler _handler = new();

    public LostReplyTests()
    {
        _handler.Subscribe = (topic, state, _) =>
            LateResult.Send(state, LateFrame.Text($"{_pending.Add(topic, (string key) => _topics.Add(key, topic))} sub")).HoldConfirm();
        _handler.Unsubscribe = (topic, state, _) => LateResult.Send(state, LateFrame.Text($"unsub {_topics.TryGetKey(topic, out var key)} {key}"));
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task P20_a_subscriber_after_one_whose_reply_was_lost_causes_a_new_request()
    {
        await using var host = new TestHost(_handler, static options => options.CallTimeout = s_callTimeout);
        var socket = await host.ReadyAsync();
        var first = host.Client.SubscribeAsync(Btc, Token);
        Assert.Equal("1 sub", await socket.SentAsync());
        host.Time.Advance(s_callTimeout);
        var error = await Assert.ThrowsAsync<LateCallTimeoutException>(() => first);
        Assert.EndsWith("Subscribe again, or set a longer Timeout.", error.Message, StringComparison.Ordinal);

        // As the advice wants: the handler unsubscribes from what it does not know, and the server gets a request, which it answers.
        var second = host.Client.SubscribeAsync(Btc, Token);
        Assert.Equal("unsub False ", await socket.SentAsync());
        Assert.Equal("2 sub", await socket.SentAsync());
        Assert.True(_pending.Reply(2, "feed"));
        await (await second).DisposeAsync();
        Assert.Equal("unsub True feed", await socket.SentAsync());
    }

    [Fact]
    public async Task P20_a_topic_that_the_handler_has_confirmed_itself_does_not_wait_for_a_reply_when_its_last_reader_has_left()
    {
        LateTopic<Ticker, int>? received = null;
        var subscribe = _handler.Subscribe;
        _handler.Subscribe = (topic, state, token) => subscribe(received = topic, state, token);
        await using var host = new TestHost(_handler, static options => options.CallTimeout = s_callTimeout);
        var socket = await host.ReadyAsync();
        var subscribing = host.Client.SubscribeAsync(Btc, new() { Linger = TimeSpan.FromSeconds(1) }, Token);
        Assert.Equal("1 sub", await socket.SentAsync());
        Assert.True(received!.Confirm());
        await (await subscribing).DisposeAsync();
        await host.Client.SendAsync(LateFrame.Text("after"), Token);
        Assert.Equal("after", await socket.SentAsync());
        host.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal("unsub False ", await socket.SentAsync());
        Assert.True(received.IsEnded);
        Assert.Equal(0, _pending.Count);
    }

    [Fact]
    public async Task P20_a_topic_that_the_handler_confirms_itself_after_its_last_reader_has_left_is_unsubscribed_from()
    {
        LateTopic<Ticker, int>? received = null;
        var subscribe = _handler.Subscribe;
        _handler.Subscribe = (topic, state, token) => subscribe(received = topic, state, token);
        await using var host = new TestHost(_handler, static options => options.CallTimeout = s_callTimeout);
        var socket = await host.ReadyAsync();
        await host.LeaveBeforeReplyAsync(socket);
        Assert.True(received!.Confirm());

        Assert.Equal("unsub False ", await socket.SentAsync());
    }

    [Fact]
    public async Task P20_HandleUnsubscribe_runs_without_the_reply_when_CallTimeout_has_passed_since_the_last_reader_has_left()
    {
        await using var host = new TestHost(_handler, static options => options.CallTimeout = s_callTimeout);
        var socket = await host.ReadyAsync();
        await host.LeaveBeforeReplyAsync(socket);
        host.Time.Advance(s_callTimeout - TimeSpan.FromSeconds(1));
        Assert.Equal("a", await host.Client.CallAsync(new Ask("a"), Token));
        Assert.Equal(["Init", "Connect", "Subscribe BTC", "Call a"], _handler.Trace());
        host.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal("unsub False ", await socket.SentAsync());
        Assert.Equal(0, _pending.Count);
        Assert.Equal(0, host.Statistics.Topics);
    }

    [Fact]
    public async Task A_reply_in_that_time_leaves_no_timer()
    {
        await using var host = new TestHost(_handler, static options => options.CallTimeout = TimeSpan.FromHours(9));
        var socket = await host.ReadyAsync();
        await host.LeaveBeforeReplyAsync(socket);
        Assert.Equal(1, host.Time.Undisposed(TimeSpan.FromHours(9)));
        Assert.True(_pending.Reply(1, "feed"));
        Assert.Equal("unsub True feed", await socket.SentAsync());
        Assert.Equal("a", await host.Client.CallAsync(new Ask("a"), new LateCallOptions { Timeout = TimeSpan.FromHours(1) }, Token));

        Assert.Equal(0, host.Time.Undisposed(TimeSpan.FromHours(9)));
    }

    [Fact]
    public async Task P5_a_reply_that_the_handler_cannot_use_fails_the_topic()
    {
        await using var host = new TestHost(_handler, static options => options.CallTimeout = s_callTimeout);
        var socket = await host.ReadyAsync();
        var first = host.Client.SubscribeAsync(Btc, Token);
        Assert.Equal("1 sub", await socket.SentAsync());
        Assert.True(_pending.Reply(1, "same"));
        await using var btc = await first;
        var second = host.Client.SubscribeAsync(new Ticker("ETH"), Token);
        Assert.Equal("2 sub", await socket.SentAsync());

        // The server has given two subscriptions one key.
        Assert.Throws<InvalidOperationException>(() => _pending.Reply(2, "same"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => second);
    }
}
