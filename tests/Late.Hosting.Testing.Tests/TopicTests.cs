using Late.Hosting.Testing.Tests.Support;

namespace Late.Hosting.Testing.Tests;

/// <summary>Readers of topics in the handler harness: each step is done with everything that follows from it.</summary>
public sealed class TopicTests
{
    private static readonly Feed s_feed = new("a");

    [Fact]
    public async Task A_reader_reads_what_the_handler_publishes()
    {
        await using var test = await LateHandlerTest.ConnectAsync(new FeedHandler());
        await using var reader = await test.SubscribeAsync(s_feed);
        Assert.True(reader.IsConfirmed);
        Assert.Equal(["sub a"], test.SentTexts);
        await test.ReceiveAsync("a 1");
        await test.ReceiveAsync("a 2");

        Assert.Equal(1, await reader.NextAsync());
        Assert.Equal(2, await reader.NextAsync());
        var error = await Assert.ThrowsAsync<LateTestException>(reader.NextAsync);
        Assert.Equal("The reader of Feed has read everything. Feed the handler what it publishes from.", error.Message);
        await test.ReceiveAsync("a 3");
        Assert.Equal(3, (await reader.NextEventAsync()).Item);
    }

    [Fact]
    public async Task The_last_reader_that_leaves_unsubscribes_after_Linger_on_the_tests_clock()
    {
        await using var test = await LateHandlerTest.ConnectAsync(new FeedHandler());
        var first = await test.SubscribeAsync(s_feed, new() { Linger = TimeSpan.FromSeconds(30) });
        var second = await test.SubscribeAsync(s_feed, new() { Linger = TimeSpan.FromSeconds(30) });
        await first.LeaveAsync();
        await second.LeaveAsync();
        await test.AdvanceAsync(TimeSpan.FromSeconds(29));
        Assert.Equal(["sub a"], test.SentTexts);
        await test.AdvanceAsync(TimeSpan.FromSeconds(1));

        Assert.Equal(["sub a", "unsub a"], test.SentTexts);
        await Assert.ThrowsAsync<LateTestException>(first.NextAsync);
    }

    [Fact]
    public async Task An_interruption_is_read_in_its_place()
    {
        await using var test = await LateHandlerTest.ConnectAsync(new FeedHandler());
        await using var items = await test.SubscribeAsync(s_feed);
        await using var events = await test.SubscribeAsync(s_feed);
        await test.ReceiveAsync("a 1");
        await test.DisconnectAsync();
        await test.ConnectAsync();
        await test.ReceiveAsync("a 2");

        Assert.Equal(1, await items.NextAsync());
        await Assert.ThrowsAsync<LateGapException>(items.NextAsync);
        Assert.Equal(2, await items.NextAsync());
        Assert.Equal(1, (await events.NextEventAsync()).Item);
        Assert.Equal(LateSubscriptionEventKind.Interrupted, (await events.NextEventAsync()).Kind);
        Assert.Equal(LateSubscriptionEventKind.Restored, (await events.NextEventAsync()).Kind);
        Assert.Equal(2, (await events.NextEventAsync()).Item);
        Assert.Equal(["sub a", "sub a"], test.SentTexts);
    }

    [Fact]
    public async Task A_drop_is_read_in_its_place()
    {
        await using var test = await LateHandlerTest.ConnectAsync(new FeedHandler());
        await using var reader = await test.SubscribeAsync(s_feed, new() { Capacity = 2, WhenFull = LateWhenFull.DropOldest });
        for (var i = 1; i <= 5; i++)
        {
            await test.ReceiveAsync($"a {i}");
        }

        Assert.Equal(3, (await Assert.ThrowsAsync<LateGapException>(reader.NextAsync)).Dropped);
        Assert.Equal(4, await reader.NextAsync());
        Assert.Equal(3, reader.Dropped);
    }

    [Fact]
    public async Task A_subscription_that_the_server_confirms_waits_for_it_and_for_CallTimeout()
    {
        await using var test = await LateHandlerTest.ConnectAsync(new FeedHandler(holds: true));
        await using var confirmed = await test.SubscribeAsync(s_feed);
        await using var refused = await test.SubscribeAsync(new Feed("b"));
        await using var late = await test.SubscribeAsync(new Feed("c"));
        Assert.False(confirmed.IsConfirmed);
        Assert.Contains("is not confirmed", (await Assert.ThrowsAsync<LateTestException>(confirmed.NextAsync)).Message, StringComparison.Ordinal);
        await test.ReceiveAsync("a ok");
        await test.ReceiveAsync("b no");
        await test.ReceiveAsync("a 1");
        Assert.True(confirmed.IsConfirmed);
        Assert.Equal(1, await confirmed.NextAsync());
        Assert.Equal("refused", (await Assert.ThrowsAsync<InvalidOperationException>(refused.NextAsync)).Message);
        await test.AdvanceAsync(TimeSpan.FromSeconds(5));

        await Assert.ThrowsAsync<LateCallTimeoutException>(late.NextAsync);
        Assert.Equal(["sub a", "sub b", "sub c", "unsub c"], test.SentTexts);
    }

    [Fact]
    public async Task A_subscriber_may_cancel()
    {
        await using var test = await LateHandlerTest.ConnectAsync(new FeedHandler(holds: true));
        await using var reader = await test.SubscribeAsync(s_feed);
        await reader.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(reader.NextAsync);
        Assert.Equal(["sub a", "unsub a"], test.SentTexts);
    }

    [Fact]
    public async Task A_subscription_before_the_connection_is_made_in_its_first_session()
    {
        await using var test = await LateHandlerTest.StartAsync(new FeedHandler());
        await using var reader = await test.SubscribeAsync(s_feed);
        Assert.False(reader.IsConfirmed);
        await test.ConnectAsync();
        await test.ReceiveAsync("a 1");

        Assert.True(reader.IsConfirmed);
        Assert.Equal(1, await reader.NextAsync());
    }

    [Fact]
    public async Task What_a_topic_of_the_test_publishes_without_a_reader_is_dropped()
    {
        var topic = new LateTestTopic<int>("Ticker");
        topic.Publish(1);
        await using (topic.Subscribe())
        {
            topic.Publish(2);
        }

        topic.Publish(3);
        await using var next = topic.Subscribe();
        topic.Publish(4);

        await foreach (var item in next.ReadAllAsync(TestContext.Current.CancellationToken))
        {
            Assert.Equal(4, item);
            break;
        }
    }

    [Fact]
    public async Task A_fake_client_publishes_by_a_topic_of_the_test()
    {
        var topic = new LateTestTopic<int>("Ticker");
        await using var subscription = topic.Subscribe(new() { WhenFull = LateWhenFull.KeepLatest });
        var events = subscription.ReadEventsAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        var next = events.MoveNextAsync();
        Assert.False(next.IsCompleted);
        topic.Publish(1);
        Assert.True(await next);
        Assert.Equal(1, events.Current.Item);
        topic.Publish(2);
        topic.Publish(3);
        topic.Interrupt();
        topic.StandBy();
        topic.Restore();
        topic.Fail(new LateStoppedException("Ticker", "The connection is stopped."));
        var seen = new List<string>();
        var end = await Assert.ThrowsAsync<LateStoppedException>(async () =>
        {
            while (await events.MoveNextAsync())
            {
                seen.Add($"{events.Current.Kind} {events.Current.Dropped} {events.Current.Item}");
            }
        });

        Assert.Equal("The connection is stopped.", end.Message);
        Assert.Equal(["Dropped 1 0", "Item 0 3", "Interrupted 0 0", "Standby 0 0", "Restored 0 0"], seen);
        Assert.Equal(0, topic.Readers);
        await events.DisposeAsync();
    }
}
