using Late.Hosting.Tests.Support;
using static Late.Hosting.Tests.Topics.TopicReading;

namespace Late.Hosting.Tests.Topics;

/// <summary>Subscribing, confirming, leaving.</summary>
public sealed class SubscribeTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task P20_what_is_published_reaches_the_reader_once_and_in_order()
    {
        var handler = new ScriptedHandler();
        handler.In = (frame, state, _) =>
        {
            handler.Topics.Publish("BTC", int.Parse(frame.GetText(), System.Globalization.CultureInfo.InvariantCulture));
            return LateResult.Ok(state);
        };
        await using var host = new TestHost(handler);
        var socket = await host.ReadyAsync();
        await using var prices = await host.SubscribeAsync(socket);
        socket.Send("1", "2", "3");
        socket.Send("4");

        Assert.Equal([1, 2, 3, 4], await prices.ItemsAsync(4));
    }

    [Fact]
    public async Task P20_equal_topics_share_one_subscription_and_each_reader_gets_every_item()
    {
        await using var host = new TestHost();
        var socket = await host.ReadyAsync();
        await using var first = await host.SubscribeAsync(socket);
        await using var second = await host.Client.SubscribeAsync(new Ticker("BTC"), Token);
        host.Publish(1, 100);

        Assert.Equal(Enumerable.Range(1, 100), await first.ItemsAsync(100));
        Assert.Equal(Enumerable.Range(1, 100), await second.ItemsAsync(100));
        Assert.Single(host.Handler.Trace(), static callback => callback == "Subscribe BTC");
    }

    [Fact]
    public async Task P20_the_handler_unsubscribes_when_the_last_reader_has_left_and_knows_the_key_there()
    {
        var handler = new ScriptedHandler();
        handler.Unsubscribe = (topic, state, _) => LateResult.Send(state, LateFrame.Text($"unsub {handler.Topics.TryGetKey(topic, out var key)} {key}"));
        await using var host = new TestHost(handler);
        var socket = await host.ReadyAsync();
        var first = await host.SubscribeAsync(socket);
        var second = await host.Client.SubscribeAsync(Btc, Token);
        Assert.True(handler.Topics.TryGet("BTC", out var topic));
        await first.DisposeAsync();
        Assert.True(topic.Publish(1));
        await second.DisposeAsync();

        Assert.Equal("unsub True BTC", await socket.SentAsync());
        await using var third = await host.SubscribeAsync(socket);
        Assert.False(topic.Publish(2));
        Assert.True(topic.IsEnded);
        Assert.Equal(["Init", "Connect", "Subscribe BTC", "Unsubscribe BTC", "Subscribe BTC"], handler.Trace());
    }

    [Fact]
    public async Task HoldConfirm_leaves_a_topic_unconfirmed_until_the_handler_confirms_it()
    {
        var handler = Holding();
        await using var host = new TestHost(handler);
        var socket = await host.ReadyAsync();
        var first = host.Client.SubscribeAsync(Btc, Token);
        var second = host.Client.SubscribeAsync(Btc, Token);
        Assert.Equal("sub BTC", await socket.SentAsync());
        host.Publish(1, 1);
        Assert.False(first.IsCompleted);
        Assert.False(second.IsCompleted);

        Assert.True(handler.Topics.Confirm("BTC"));
        Assert.False(handler.Topics.Confirm("BTC"));
        Assert.Equal([1], await (await first).ItemsAsync(1));
        Assert.Equal([1], await (await second).ItemsAsync(1));
    }

    [Fact]
    public async Task P5_a_subscriber_that_overflows_before_it_is_confirmed_is_confirmed_and_then_fails()
    {
        var handler = Holding();
        await using var host = new TestHost(handler);
        var socket = await host.ReadyAsync();
        var subscribing = host.Client.SubscribeAsync(Btc, new() { Capacity = 4 }, Token);
        Assert.Equal("sub BTC", await socket.SentAsync());
        host.Publish(1, 100);
        Assert.True(handler.Topics.Confirm("BTC"));
        await using var prices = await subscribing;

        Assert.Equal(96, (await Assert.ThrowsAsync<LateGapException>(() => prices.ItemsAsync(1))).Dropped);
    }

    [Fact]
    public async Task A_topic_that_the_server_refuses_fails_its_readers_and_may_be_subscribed_to_again()
    {
        var handler = Holding();
        await using var host = new TestHost(handler);
        var socket = await host.ReadyAsync();
        var subscribing = host.Client.SubscribeAsync(Btc, Token);
        await socket.SentAsync();
        Assert.True(handler.Topics.Fail("BTC", new InvalidOperationException("no such symbol")));

        Assert.Equal("no such symbol", (await Assert.ThrowsAsync<InvalidOperationException>(() => subscribing)).Message);
        Assert.Equal(0, handler.Topics.Count);
        var again = host.Client.SubscribeAsync(Btc, Token);
        Assert.Equal("sub BTC", await socket.SentAsync());
        Assert.True(handler.Topics.Confirm("BTC"));
        await (await again).DisposeAsync();
    }

    [Fact]
    public async Task P20_a_failed_topic_throws_behind_the_items_that_were_not_read()
    {
        await using var host = new TestHost();
        await using var prices = await host.SubscribeAsync(await host.ReadyAsync());
        host.Publish(1, 40);
        Assert.True(host.Handler.Topics.Fail("BTC", new InvalidOperationException("delisted")));
        Assert.False(host.Handler.Topics.Publish("BTC", 41));

        Assert.Equal(Enumerable.Range(1, 40), await prices.ItemsAsync(40));
        Assert.Equal("delisted", (await Assert.ThrowsAsync<InvalidOperationException>(() => prices.ItemsAsync(1))).Message);
    }

    [Fact]
    public async Task P20_a_topic_that_the_server_completes_ends_the_enumerations_behind_the_items_that_were_not_read()
    {
        await using var host = new TestHost();
        var socket = await host.ReadyAsync();
        await using var prices = await host.SubscribeAsync(socket);
        host.Publish(1, 40);
        Assert.True(host.Handler.Topics.Complete("BTC"));
        Assert.False(host.Handler.Topics.Complete("BTC"));

        Assert.Equal(Enumerable.Range(1, 40), await prices.ItemsAsync(41));
        Assert.Empty(await prices.ItemsAsync(1));
        await using var next = await host.SubscribeAsync(socket);
        host.Publish(41, 41);
        Assert.Equal([41], await next.ItemsAsync(1));
        Assert.Equal(["Init", "Connect", "Subscribe BTC", "Subscribe BTC"], host.Handler.Trace());
    }

    [Fact]
    public async Task An_exception_of_HandleSubscribe_goes_to_the_subscriber_and_the_connection_continues()
    {
        var handler = new ScriptedHandler { Subscribe = (_, _, _) => throw new FormatException("bad symbol") };
        await using var host = new TestHost(handler, static options => options.HandlerErrors = LateHandlerErrorBehavior.Stop);
        await host.ReadyAsync();

        Assert.Equal("bad symbol", (await Assert.ThrowsAsync<FormatException>(() => host.Client.SubscribeAsync(Btc, Token))).Message);
        Assert.Equal("a", await host.Client.CallAsync(new Ask("a"), Token));
    }

    [Fact]
    public async Task An_exception_of_a_HandleSubscribe_that_takes_batches_fails_all_topics_of_its_batch()
    {
        var handler = new ScriptedHandler { SubscribeBooks = (_, _, _) => throw new FormatException("bad symbol") };
        await using var host = new TestHost(handler, static options => options.HandlerErrors = LateHandlerErrorBehavior.Stop);
        await host.StartAsync();
        var subscribing = new[] { "A", "B", "C" }.Select(symbol => host.Client.SubscribeAsync(new Book(symbol), new() { Timeout = Timeout.InfiniteTimeSpan }, Token)).ToList();
        await host.Transport.AcceptAsync();

        foreach (var subscriber in subscribing)
        {
            await Assert.ThrowsAsync<FormatException>(() => subscriber);
        }

        Assert.Equal("a", await host.Client.CallAsync(new Ask("a"), Token));
        Assert.Equal(["Init", "Connect", "Subscribe A+B+C", "Call a"], handler.Trace());
    }

    [Fact]
    public async Task A_subscription_that_is_not_confirmed_in_time_fails_and_leaves_the_topic()
    {
        await using var host = new TestHost(Holding());
        var socket = await host.ReadyAsync();
        var subscribing = host.Client.SubscribeAsync(Btc, new() { Timeout = TimeSpan.FromSeconds(7) }, Token);
        await socket.SentAsync();
        host.Time.Advance(TimeSpan.FromSeconds(7));

        var error = await Assert.ThrowsAsync<LateCallTimeoutException>(() => subscribing);
        Assert.Equal(LateDelivery.Unknown, error.Delivery);
        Assert.Equal(
            "The subscription to Ticker on connection 'Forwarding' was not confirmed within 00:00:07. The server may have received it. Subscribe again, or set a longer Timeout.",
            error.Message);
        Assert.Equal("unsub BTC", await socket.SentAsync());
    }

    [Fact]
    public async Task CallTimeout_is_the_default_and_counts_while_there_is_no_session()
    {
        await using var host = new TestHost();
        await host.StartAsync();
        var subscribing = host.Client.SubscribeAsync(Btc, Token);
        host.Time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(LateDelivery.NotDelivered, (await Assert.ThrowsAsync<LateCallTimeoutException>(() => subscribing)).Delivery);
        await host.Transport.AcceptAsync();
        await host.Client.WaitForReadyAsync(Token);
        Assert.Equal("a", await host.Client.CallAsync(new Ask("a"), Token));
        Assert.DoesNotContain("Subscribe BTC", host.Handler.Trace());
    }

    [Fact]
    public async Task A_canceled_subscriber_leaves_the_topic()
    {
        await using var host = new TestHost(Holding());
        var socket = await host.ReadyAsync();
        using var caller = new CancellationTokenSource();
        var subscribing = host.Client.SubscribeAsync(Btc, caller.Token);
        await socket.SentAsync();
        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => subscribing);
        Assert.Equal("unsub BTC", await socket.SentAsync());
    }

    [Fact]
    public async Task P7_WhenNotReady_Fail_refuses_a_subscriber_while_there_is_no_session()
    {
        await using var host = new TestHost();
        await host.StartAsync();
        await host.StateAsync(LateConnectionState.Connecting);

        var error = await Assert.ThrowsAsync<LateDisconnectedException>(() => host.Client.SubscribeAsync(Btc, new() { WhenNotReady = LateWhenNotReady.Fail }, Token));
        Assert.Equal(LateDelivery.NotDelivered, error.Delivery);
    }

    [Fact]
    public async Task P14_a_callback_that_subscribes_on_its_own_connection_fails_with_advice()
    {
        var handler = new ScriptedHandler();
        handler.Call = async (_, call, state, token) =>
        {
            await handler.Client.SubscribeAsync(Btc, token);
            return LateResult.Ok(state);
        };
        await using var host = new TestHost(handler);
        await host.ReadyAsync();

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => host.Client.CallAsync(new Ask("a"), Token));
        Assert.Contains("would wait for itself", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task HoldConfirm_in_another_result_is_an_error()
    {
        var handler = new ScriptedHandler { Call = (_, _, state, _) => LateResult.Ok(state).HoldConfirm() };
        await using var host = new TestHost(handler);
        await host.ReadyAsync();

        var error = await Assert.ThrowsAnyAsync<InvalidOperationException>(() => host.Client.CallAsync(new Ask("a"), Token));
        Assert.Contains("HandleSubscribe", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData((1 << 20) + 1, 0)]
    [InlineData(1, -1)]
    public async Task Options_that_cannot_be_used_are_refused(int capacity, int linger)
    {
        await using var host = new TestHost();

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            () => host.Client.SubscribeAsync(Btc, new() { Capacity = capacity, Linger = TimeSpan.FromSeconds(linger) }, Token));
    }
}
