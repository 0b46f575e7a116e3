using Late.Hosting.Tests.Support;
using static Late.Hosting.Tests.Topics.TopicReading;

namespace Late.Hosting.Tests.Topics;

/// <summary>The time that a topic stays subscribed to after its last reader.</summary>
public sealed class LingerTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task P20_a_reader_that_comes_within_Linger_finds_the_topic_subscribed_to()
    {
        await using var host = new TestHost();
        var socket = await host.ReadyAsync();
        var options = new LateSubscribeOptions { Linger = TimeSpan.FromSeconds(3) };
        await (await host.SubscribeAsync(socket, options)).DisposeAsync();
        host.Time.Advance(TimeSpan.FromSeconds(2));
        var second = await host.Client.SubscribeAsync(Btc, options, Token);
        host.Time.Advance(TimeSpan.FromSeconds(2));
        host.Publish(1, 1);
        Assert.Equal([1], await second.ItemsAsync(1));
        await second.DisposeAsync();
        host.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal("a", await host.Client.CallAsync(new Ask("a"), Token));
        Assert.Equal(["Init", "Connect", "Subscribe BTC", "Call a"], host.Handler.Trace());
        host.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal("unsub BTC", await socket.SentAsync());
    }

    [Fact]
    public async Task A_topic_that_fails_within_Linger_leaves_no_timer()
    {
        await using var host = new TestHost();
        var socket = await host.ReadyAsync();
        await (await host.SubscribeAsync(socket, new() { Linger = TimeSpan.FromDays(1) })).DisposeAsync();
        Assert.Equal(1, host.Time.Undisposed(TimeSpan.FromDays(1)));
        Assert.True(host.Handler.Topics.Fail("BTC", new InvalidOperationException("delisted")));

        Assert.Equal(0, host.Time.Undisposed(TimeSpan.FromDays(1)));
    }

    [Fact]
    public async Task A_topic_whose_last_reader_leaves_between_sessions_leaves_no_timer_of_an_earlier_leave()
    {
        await using var host = new TestHost();
        var socket = await host.ReadyAsync();
        await (await host.SubscribeAsync(socket, new() { Linger = TimeSpan.FromDays(1) })).DisposeAsync();
        var second = await host.Client.SubscribeAsync(Btc, Token);
        socket.Drop();
        Assert.Equal("Interrupted", await second.EventsAsync(1));
        Assert.Equal(1, host.Time.Undisposed(TimeSpan.FromDays(1)));
        await second.DisposeAsync();

        Assert.Equal(0, host.Time.Undisposed(TimeSpan.FromDays(1)));
    }
}
