using Late.Hosting.Tests.Support;
using static Late.Hosting.Tests.Topics.TopicReading;

namespace Late.Hosting.Tests.Topics;

/// <summary>A topic whose request is kept in the table of the calls: the server answers it, perhaps with the key of the items.</summary>
public sealed class SubscribeRequestTests
{
    private readonly LatePendingCalls _pending = new();
    private readonly LateTopics<string, Ticker, int> _topics = new();
    private readonly ScriptedHandler _handler = new();

    public SubscribeRequestTests()
    {
        _handler.Subscribe = (topic, state, _) =>
            LateResult.Send(state, LateFrame.Text($"{_pending.Add(topic, (string key) => _topics.Add(key, topic))} sub")).HoldConfirm();
        _handler.Unsubscribe = (topic, state, _) => LateResult.Send(state, LateFrame.Text($"unsub {_topics.TryGetKey(topic, out var key)} {key}"));
        _handler.Call = (_, call, state, _) => LateResult.Send(state, LateFrame.Text($"{_pending.Add(call)} call"));
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_reply_has_the_key_of_the_items_and_confirms_the_topic()
    {
        await using var host = new TestHost(_handler);
        var socket = await host.ReadyAsync();
        var subscribing = host.Client.SubscribeAsync(Btc, Token);
        Assert.Equal("1 sub", await socket.SentAsync());
        var calling = host.Client.CallAsync(new Ask("a"), Token);
        Assert.Equal("2 call", await socket.SentAsync());
        Assert.Equal(2, _pending.Count);
        Assert.True(_pending.Reply(2, "reply"));
        Assert.Equal("reply", await calling);
        Assert.False(subscribing.IsCompleted);
        Assert.True(_pending.Reply(1, "0xcd"));
        Assert.False(_pending.Reply(1, "0xcd"));
        await using var prices = await subscribing;
        Assert.True(_topics.Publish("0xcd", 7));

        Assert.Equal([7], await prices.ItemsAsync(1));
        Assert.Equal(0, _pending.Count);
    }

    [Fact]
    public async Task A_failure_fails_the_topic()
    {
        await using var host = new TestHost(_handler);
        var socket = await host.ReadyAsync();
        var subscribing = host.Client.SubscribeAsync(Btc, Token);
        await socket.SentAsync();
        Assert.True(_pending.Fail(1, new FormatException("no such symbol")));
        Assert.False(_pending.Fail(1, new FormatException()));

        Assert.Equal("no such symbol", (await Assert.ThrowsAsync<FormatException>(() => subscribing)).Message);
        Assert.Equal(0, _pending.Count);
    }

    [Fact]
    public async Task Where_any_reply_confirms_the_topic_its_type_is_of_no_account()
    {
        _handler.Subscribe = (topic, state, _) => LateResult.Send(state, LateFrame.Text($"{_pending.Add(topic)} sub")).HoldConfirm();
        await using var host = new TestHost(_handler);
        var socket = await host.ReadyAsync();
        var subscribing = host.Client.SubscribeAsync(Btc, Token);
        await socket.SentAsync();
        Assert.True(_pending.Reply(1, true));

        await (await subscribing).DisposeAsync();
        Assert.Equal("unsub False ", await socket.SentAsync());
    }

    [Fact]
    public async Task A_reply_of_another_type_is_an_error_and_changes_nothing()
    {
        await using var host = new TestHost(_handler);
        var socket = await host.ReadyAsync();
        var subscribing = host.Client.SubscribeAsync(Btc, Token);
        await socket.SentAsync();

        var error = Assert.Throws<InvalidOperationException>(() => _pending.Reply(1, 5));
        Assert.Equal("The request under 1 subscribes to a topic, and waits for another reply than Int32. Reply with the type that it was added with.", error.Message);
        Assert.True(_pending.Reply(1, "0xcd"));
        await (await subscribing).DisposeAsync();
    }

    [Fact]
    public async Task HandleUnsubscribe_waits_for_the_reply_and_knows_the_key()
    {
        await using var host = new TestHost(_handler);
        var socket = await host.ReadyAsync();
        await host.LeaveBeforeReplyAsync(socket);
        Assert.True(_pending.Reply(1, "0xcd"));

        Assert.Equal("unsub True 0xcd", await socket.SentAsync());
        Assert.Equal(0, _pending.Count);
    }

    [Fact]
    public async Task A_reader_that_comes_while_the_unsubscription_waits_finds_the_topic()
    {
        await using var host = new TestHost(_handler);
        var socket = await host.ReadyAsync();
        using var subscriber = new CancellationTokenSource();
        var first = host.Client.SubscribeAsync(Btc, subscriber.Token);
        await socket.SentAsync();
        await subscriber.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        await host.Client.SendAsync(LateFrame.Text("after"), Token);
        Assert.Equal("after", await socket.SentAsync());
        var second = host.Client.SubscribeAsync(Btc, Token);
        Assert.True(_pending.Reply(1, "0xcd"));
        await using var prices = await second;
        Assert.True(_topics.Publish("0xcd", 7));

        Assert.Equal([7], await prices.ItemsAsync(1));
        Assert.Equal(["Init", "Connect", "Subscribe BTC"], _handler.Trace());
    }

    [Fact]
    public async Task The_entry_ends_with_the_session_and_the_next_one_has_another()
    {
        await using var host = new TestHost(_handler);
        var socket = await host.ReadyAsync();
        var subscribing = host.Client.SubscribeAsync(Btc, new() { Timeout = Timeout.InfiniteTimeSpan }, Token);
        await socket.SentAsync();
        socket = await host.ReconnectAsync(socket);
        Assert.Equal("2 sub", await socket.SentAsync());
        Assert.Equal(1, _pending.Count);
        Assert.False(_pending.Reply(1, "0xcd"));
        Assert.True(_pending.Reply(2, "0xef"));

        await (await subscribing).DisposeAsync();
    }

    [Fact]
    public async Task P5_an_entry_for_which_no_caller_waits_is_completed_by_Complete_and_a_call_is_not()
    {
        await using var host = new TestHost(_handler);
        var socket = await host.ReadyAsync();
        var calling = host.Client.CallAsync(new Ask("a"), Token);
        await socket.SentAsync();

        Assert.Throws<InvalidOperationException>(() => _pending.Complete(1));
        Assert.Throws<InvalidOperationException>(() => _pending.Write(1, "item"));
        Assert.False(_pending.Complete(2));
        Assert.False(_pending.Write(2, "item"));
        Assert.True(_pending.Reply(1, "reply"));
        Assert.Equal("reply", await calling);
    }
}
