using Late.Hosting.Tests.Support;
using static Late.Hosting.Tests.Topics.TopicReading;

namespace Late.Hosting.Tests.Topics;

/// <summary>Readers that are slow, several, or gone.</summary>
public sealed class TopicReaderTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task P20_Fail_ends_the_subscription_of_a_slow_reader_with_the_number_of_items_that_it_misses()
    {
        await using var host = new TestHost();
        var socket = await host.ReadyAsync();
        await using var prices = await host.SubscribeAsync(socket, new() { Capacity = 4 });
        host.Publish(1, 4);
        Assert.Equal([1, 2], await prices.ItemsAsync(2));
        host.Publish(5, 12);

        var gap = await Assert.ThrowsAsync<LateGapException>(() => prices.ItemsAsync(1));
        Assert.Equal(6, gap.Dropped);
        Assert.Equal("unsub BTC", await socket.SentAsync());
        Assert.Same(gap, await Assert.ThrowsAsync<LateGapException>(() => prices.EventsAsync(1)));
    }

    [Fact]
    public async Task P20_a_reader_that_has_stopped_reading_does_not_keep_its_topic_subscribed_to()
    {
        await using var host = new TestHost();
        var socket = await host.ReadyAsync();
        await using var stuck = await host.SubscribeAsync(socket, new() { Capacity = 4 });
        await using var other = await host.Client.SubscribeAsync(Btc, new() { WhenFull = LateWhenFull.DropOldest, Capacity = 4 }, Token);
        host.Publish(1, 1000);
        await other.DisposeAsync();

        Assert.Equal("unsub BTC", await socket.SentAsync());
        Assert.Equal(996, (await Assert.ThrowsAsync<LateGapException>(() => stuck.ItemsAsync(1))).Dropped);
    }

    [Fact]
    public async Task P20_the_last_reader_that_has_stopped_reading_ends_the_subscription_at_the_server()
    {
        await using var host = new TestHost();
        var socket = await host.ReadyAsync();
        await using var stuck = await host.SubscribeAsync(socket, new() { Capacity = 4 });
        var published = 0;
        while (host.Handler.Topics.Publish("BTC", published) && published < 100)
        {
            published++;
        }

        Assert.Equal("unsub BTC", await socket.SentAsync());
        await using var next = await host.SubscribeAsync(socket);
        host.Publish(7, 7);
        Assert.Equal([7], await next.ItemsAsync(1));
        await Assert.ThrowsAsync<LateGapException>(() => stuck.ItemsAsync(1));
    }

    [Fact]
    public async Task P20_a_reader_whose_buffer_is_full_and_has_not_overflowed_stays()
    {
        await using var host = new TestHost();
        var socket = await host.ReadyAsync();
        await using var full = await host.SubscribeAsync(socket, new() { Capacity = 64 });
        await using var fast = await host.Client.SubscribeAsync(Btc, new() { Capacity = 1, WhenFull = LateWhenFull.KeepLatest }, Token);
        for (var round = 0; round < 10; round++)
        {
            host.Publish(1, 64);
            Assert.Equal(Enumerable.Range(1, 64), await full.ItemsAsync(64));
        }
    }

    [Fact]
    public async Task P20_ReadAllAsync_throws_in_the_place_of_dropped_items_and_the_next_enumeration_continues_behind_them()
    {
        await using var host = new TestHost();
        await using var prices = await host.SubscribeAsync(await host.ReadyAsync(), new() { Capacity = 4, WhenFull = LateWhenFull.DropOldest });
        host.Publish(1, 10);

        var gap = await Assert.ThrowsAsync<LateGapException>(() => prices.ItemsAsync(1));
        Assert.Equal(6, gap.Dropped);
        Assert.Equal(
            "A reader of Ticker on connection 'Forwarding' was slower than its topic: 6 items were dropped. The subscription continues behind them: enumerate again, or set OnGap = Continue to read on.",
            gap.Message);
        Assert.Equal([7, 8, 9, 10], await prices.ItemsAsync(4));
    }

    [Fact]
    public async Task P20_OnGap_Continue_reads_on_over_dropped_items()
    {
        await using var host = new TestHost();
        await using var prices = await host.SubscribeAsync(
            await host.ReadyAsync(), new() { Capacity = 4, WhenFull = LateWhenFull.DropOldest, OnGap = LateOnGap.Continue });
        host.Publish(1, 10);

        Assert.Equal([7, 8, 9, 10], await prices.ItemsAsync(4));
        Assert.Equal(6, prices.Dropped);
    }

    [Fact]
    public async Task P20_DropOldest_reports_what_it_drops_in_its_place_also_of_items_that_the_enumeration_had_taken()
    {
        await using var host = new TestHost();
        await using var prices = await host.SubscribeAsync(await host.ReadyAsync(), new() { Capacity = 4, WhenFull = LateWhenFull.DropOldest });
        host.Publish(1, 4);
        await using var events = prices.ReadEventsAsync(Token).GetAsyncEnumerator(Token);
        Assert.True(await events.MoveNextAsync());
        Assert.Equal(1, events.Current.Item);
        host.Publish(5, 14);
        await events.DisposeAsync();

        Assert.Equal("Dropped 9 11 12 13 14", await prices.EventsAsync(5));
        Assert.Equal(9, prices.Dropped);
    }

    [Fact]
    public async Task P20_KeepLatest_keeps_the_latest_item_and_reports_those_before_it()
    {
        await using var host = new TestHost();
        await using var prices = await host.SubscribeAsync(await host.ReadyAsync(), new() { WhenFull = LateWhenFull.KeepLatest });
        host.Publish(1, 5);

        Assert.Equal("Dropped 4 5", await prices.EventsAsync(2));
        host.Publish(6, 9);
        Assert.Equal([9], await prices.ItemsAsync(1));
        Assert.Equal(7, prices.Dropped);
    }

    [Fact]
    public async Task P20_an_interruption_among_dropped_items_keeps_its_place()
    {
        await using var host = new TestHost();
        var socket = await host.ReadyAsync();
        await using var prices = await host.SubscribeAsync(socket, new() { WhenFull = LateWhenFull.KeepLatest });
        host.Publish(1, 5);
        socket = await host.ReconnectAsync(socket);
        await socket.SentAsync();
        host.Publish(6, 9);

        Assert.Equal("Dropped 5 Interrupted Restored Dropped 3 9", await prices.EventsAsync(5));
    }

    [Fact]
    public async Task P20_a_stuck_reader_delays_no_other_reader_no_callback_and_no_ping()
    {
        await using var host = new TestHost();
        var socket = await host.ReadyAsync();
        await using var stuck = await host.SubscribeAsync(socket, new() { WhenFull = LateWhenFull.DropOldest, Capacity = 16 });
        using var released = new ManualResetEventSlim();
        var blocked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var blocking = Task.Run(
            async () =>
            {
                await foreach (var item in stuck.ReadAllAsync(Token))
                {
                    blocked.TrySetResult();
                    released.Wait(Token);
                    break;
                }
            },
            Token);
        var others = new List<LateSubscription<int>>();
        for (var i = 1; i < 1000; i++)
        {
            others.Add(await host.Client.SubscribeAsync(Btc, Token));
        }

        var reading = others.ConvertAll(static reader => reader.ItemsAsync(200));
        host.Publish(1, 1);
        await blocked.Task;
        host.Publish(2, 200);

        Assert.All(await Task.WhenAll(reading), static items => Assert.Equal(Enumerable.Range(1, 200), items));
        Assert.Equal("a", await host.Client.CallAsync(new Ask("a"), Token));
        host.Time.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal(1, socket.Pings);
        released.Set();
        await blocking;
        Assert.Equal("Dropped 183", await stuck.EventsAsync(1));
        foreach (var reader in others)
        {
            await reader.DisposeAsync();
        }
    }

    [Fact]
    public async Task P20_a_publisher_allocates_nothing_for_a_reader_that_has_not_read_yet()
    {
        await using var host = new TestHost();
        await using var prices = await host.SubscribeAsync(await host.ReadyAsync(), new() { Capacity = 64, WhenFull = LateWhenFull.DropOldest });
        host.Publish(1, 1000);
        var topics = host.Handler.Topics;
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 10_000; i++)
        {
            topics.Publish("BTC", i);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public async Task P20_a_publisher_allocates_nothing_for_a_reader_that_keeps_up()
    {
        await using var host = new TestHost();
        await using var prices = await host.SubscribeAsync(await host.ReadyAsync());
        await using var items = prices.ReadAllAsync(Token).GetAsyncEnumerator(Token);
        var allocated = 0L;
        for (var burst = 0; burst < 100; burst++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            host.Publish(1, 100);
            allocated += burst < 2 ? 0 : GC.GetAllocatedBytesForCurrentThread() - before;
            for (var item = 1; item <= 100; item++)
            {
                Assert.True(await items.MoveNextAsync());
            }
        }

        Assert.Equal(0, allocated);
    }

    [Fact]
    public async Task Several_publishers_and_a_reader_lose_nothing_and_keep_the_order_of_each()
    {
        const int Publishers = 4;
        const int Items = 20_000;
        await using var host = new TestHost();
        await using var prices = await host.SubscribeAsync(await host.ReadyAsync(), new() { Capacity = Publishers * Items });
        var publishing = Enumerable.Range(0, Publishers).Select(publisher => Task.Run(
            () =>
            {
                for (var i = 0; i < Items; i++)
                {
                    host.Handler.Topics.Publish("BTC", (publisher * Items) + i);
                }
            },
            Token)).ToArray();
        var read = await prices.ItemsAsync(Publishers * Items);
        await Task.WhenAll(publishing);

        for (var publisher = 0; publisher < Publishers; publisher++)
        {
            Assert.Equal(Enumerable.Range(publisher * Items, Items), read.Where(item => item / Items == publisher));
        }
    }

    [Fact]
    public async Task Another_enumeration_at_the_same_time_is_an_error_and_the_first_continues()
    {
        await using var host = new TestHost();
        await using var prices = await host.SubscribeAsync(await host.ReadyAsync());
        var reading = prices.ItemsAsync(1);

        await Assert.ThrowsAsync<InvalidOperationException>(() => prices.ItemsAsync(1));
        host.Publish(1, 1);
        Assert.Equal([1], await reading);
    }

    [Fact]
    public async Task A_canceled_enumeration_ends_and_the_next_one_continues()
    {
        await using var host = new TestHost();
        await using var prices = await host.SubscribeAsync(await host.ReadyAsync());
        using var reader = new CancellationTokenSource();
        await using var items = prices.ReadAllAsync(reader.Token).GetAsyncEnumerator(Token);
        var reading = items.MoveNextAsync().AsTask();
        await reader.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
        host.Publish(1, 1);
        Assert.Equal([1], await prices.ItemsAsync(1));
    }

    [Fact]
    public async Task Disposing_ends_the_enumeration_in_progress()
    {
        await using var host = new TestHost();
        var prices = await host.SubscribeAsync(await host.ReadyAsync());
        var reading = prices.ItemsAsync(1);
        await prices.DisposeAsync();

        Assert.Empty(await reading);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => prices.ItemsAsync(1));
    }
}
