using Late.Hosting.Tests.Support;
using static Late.Hosting.Tests.Topics.TopicReading;

namespace Late.Hosting.Tests.Topics;

/// <summary>What is measured of topics and their readers.</summary>
public sealed class TopicMetricsTests
{
    private static readonly LateSubscribeOptions s_small = new() { Capacity = 4, WhenFull = LateWhenFull.DropOldest };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Topics_and_readers_and_what_these_have_lost_and_not_read_are_read_on_collection()
    {
        await using var host = new TestHost();
        using var probe = new MetricProbe(host, LateTelemetry.TopicCount, LateTelemetry.TopicReaderCount, LateTelemetry.TopicDepth, LateTelemetry.TopicDropped);
        var socket = await host.ReadyAsync();
        await using var stuck = await host.SubscribeAsync(socket, s_small);
        await using var reading = await host.Client.SubscribeAsync(Btc, Token);
        await using var other = await host.Client.SubscribeAsync(new Ticker("ETH"), Token);
        host.Publish(1, 10);
        Assert.Equal(Enumerable.Range(1, 10), await reading.ItemsAsync(10));
        probe.Collect();

        Assert.Equal(
            ["late.topic.count 2", "late.topic.depth 4", "late.topic.dropped 6", "late.topic.reader.count 3"],
            probe.All.Select(static line => line.Replace(" late.connection.name=Forwarding", "", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        var statistics = host.Statistics;
        Assert.Equal((2, 3, 10, 6, 4), (statistics.Topics, statistics.TopicReaders, statistics.ItemsPublished, statistics.ItemsDropped, statistics.ItemsUnread));
    }

    [Fact]
    public async Task What_a_reader_has_lost_counts_once_whether_it_reads_it_or_leaves_and_stays_when_the_topic_ends()
    {
        await using var host = new TestHost();
        var socket = await host.ReadyAsync();
        var (reads, leaves) = (await host.SubscribeAsync(socket, s_small), await host.Client.SubscribeAsync(Btc, s_small, Token));
        host.Publish(1, 10);
        Assert.Equal(12, host.Statistics.ItemsDropped);
        Assert.Equal("Dropped 6 7", await reads.EventsAsync(2));
        Assert.Equal(12, host.Statistics.ItemsDropped);
        await leaves.DisposeAsync();
        Assert.Equal(12, host.Statistics.ItemsDropped);
        await reads.DisposeAsync();
        Assert.Equal("unsub BTC", await socket.SentAsync());
        Assert.Equal("a", await host.Client.CallAsync(new Ask("a"), Token));

        var statistics = host.Statistics;
        Assert.Equal((0, 0, 10, 12, 0), (statistics.Topics, statistics.TopicReaders, statistics.ItemsPublished, statistics.ItemsDropped, statistics.ItemsUnread));
    }

    [Fact]
    public async Task A_subscriber_that_is_not_confirmed_has_lost_nothing_and_the_count_never_decreases()
    {
        var holds = true;
        await using var host = new TestHost(Holding(() => holds));
        var socket = await host.ReadyAsync();
        var subscribing = host.Client.SubscribeAsync(Btc, s_small with { Timeout = Timeout.InfiniteTimeSpan }, Token);
        await socket.SentAsync();
        host.Publish(1, 10);
        Assert.Equal(0, host.Statistics.ItemsDropped);
        holds = false;
        socket = await host.ReconnectAsync(socket);
        await socket.SentAsync();
        await using var prices = await subscribing;
        Assert.Equal(0, host.Statistics.ItemsDropped);
        host.Publish(11, 20);
        Assert.Equal(6, host.Statistics.ItemsDropped);

        Assert.Equal("Dropped 6 17", await prices.EventsAsync(2));
        Assert.Equal(6, host.Statistics.ItemsDropped);
    }

    [Fact]
    public async Task What_was_dropped_before_the_confirmation_counts_with_it()
    {
        await using var host = new TestHost(Holding());
        var socket = await host.ReadyAsync();
        var subscribing = host.Client.SubscribeAsync(Btc, s_small, Token);
        await socket.SentAsync();
        host.Publish(1, 10);
        Assert.True(host.Handler.Topics.Confirm("BTC"));
        await using var prices = await subscribing;
        Assert.Equal(6, host.Statistics.ItemsDropped);

        Assert.Equal("Dropped 6 7", await prices.EventsAsync(2));
        Assert.Equal((6, 6), (host.Statistics.ItemsDropped, prices.Dropped));
    }

    [Fact]
    public async Task What_a_failed_subscription_has_lost_counts_once()
    {
        await using var host = new TestHost();
        var socket = await host.ReadyAsync();
        await using var overflows = await host.SubscribeAsync(socket, new() { Capacity = 4 });
        await using var fails = await host.Client.SubscribeAsync(Btc, s_small, Token);
        host.Publish(1, 10);
        await Assert.ThrowsAsync<LateGapException>(() => overflows.ItemsAsync(1));
        Assert.True(host.Handler.Topics.Fail("BTC", new InvalidOperationException("delisted")));
        Assert.Equal("Dropped 6 7 8 9 10", await fails.EventsAsync(5));

        Assert.Equal((12, 0), (host.Statistics.ItemsDropped, host.Statistics.ItemsUnread));
    }

    [Fact]
    public async Task P17_P20_of_1000_readers_a_stuck_one_holds_no_more_items_than_its_capacity_and_delays_nothing()
    {
        const int Items = 2000;
        await using var host = new TestHost();
        var socket = await host.ReadyAsync();
        var began = host.Time.GetUtcNow();
        await using var stuck = await host.SubscribeAsync(socket, new() { WhenFull = LateWhenFull.DropOldest, Capacity = 16 });
        var others = new List<LateSubscription<int>>();
        for (var i = 1; i < 1000; i++)
        {
            others.Add(await host.Client.SubscribeAsync(Btc, new() { Capacity = Items }, Token));
        }

        await using var held = stuck.ReadAllAsync(Token).GetAsyncEnumerator(Token);
        host.Publish(1, 1);
        Assert.True(await held.MoveNextAsync());
        var reading = others.ConvertAll(static reader => reader.ItemsAsync(Items));
        host.Publish(2, Items);
        Assert.All(await Task.WhenAll(reading), static items => Assert.Equal(Enumerable.Range(1, Items), items));
        Assert.Equal("a", await host.Client.CallAsync(new Ask("a"), Token));

        Assert.Equal(began, host.Time.GetUtcNow());
        Assert.Equal(16, host.Statistics.ItemsUnread);
        Assert.Equal(Items - 17, host.Statistics.ItemsDropped);
        foreach (var reader in others)
        {
            await reader.DisposeAsync();
        }
    }
}
