using Late.Hosting.Tests.Support;
using static Late.Hosting.Tests.Topics.TopicReading;

namespace Late.Hosting.Tests.Topics;

/// <summary>The tables that a handler keeps its topics in.</summary>
public sealed class LateTopicsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ids_are_handed_out_and_removed_with_their_topics()
    {
        var topics = new LateTopics<Ticker, int>();
        var handler = new ScriptedHandler { Subscribe = (topic, state, _) => LateResult.Send(state, LateFrame.Text($"sub {topics.Add(topic)}")) };
        await using var host = new TestHost(handler);
        var socket = await host.ReadyAsync();
        var first = host.Client.SubscribeAsync(Btc, Token);
        Assert.Equal("sub 1", await socket.SentAsync());
        var second = host.Client.SubscribeAsync(new Ticker("ETH"), Token);
        Assert.Equal("sub 2", await socket.SentAsync());
        Assert.True(topics.Publish(2, 20));
        Assert.True(topics.Publish(1, 10));
        Assert.False(topics.Publish(3, 30));

        Assert.Equal([10], await (await first).ItemsAsync(1));
        Assert.Equal([20], await (await second).ItemsAsync(1));
        Assert.True(topics.TryGetKey(Btc, out var id));
        Assert.Equal(1, id);
        await (await first).DisposeAsync();
        Assert.Equal("unsub BTC", await socket.SentAsync());
        Assert.Equal("a", await host.Client.CallAsync(new Ask("a"), Token));
        Assert.Equal(1, topics.Count);
        Assert.False(topics.TryGetKey(Btc, out _));
    }

    [Fact]
    public async Task A_key_in_use_is_refused_and_free_again_when_its_topic_has_ended()
    {
        var handler = new ScriptedHandler();
        handler.Subscribe = (topic, state, _) =>
        {
            handler.Topics.Add("one key", topic);
            return LateResult.Send(state, LateFrame.Text("sub"));
        };
        await using var host = new TestHost(handler);
        await host.ReadyAsync();
        var first = await host.Client.SubscribeAsync(Btc, Token);

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => host.Client.SubscribeAsync(new Ticker("ETH"), Token));
        Assert.Contains("a key of its own", error.Message, StringComparison.Ordinal);
        Assert.True(handler.Topics.Fail("one key", new InvalidOperationException()));
        await using var second = await host.Client.SubscribeAsync(new Ticker("ETH"), Token);
        Assert.Equal(1, handler.Topics.Count);
        await first.DisposeAsync();
    }
}
