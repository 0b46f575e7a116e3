using Late.Hosting.Tests.Connection;
using Late.Hosting.Tests.Support;
using static Late.Hosting.Tests.Topics.TopicReading;

namespace Late.Hosting.Tests.Topics;

/// <summary>Subscriptions over sessions and lives.</summary>
public sealed class TopicSessionTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task P20_an_interruption_has_its_place_between_the_items_of_two_sessions()
    {
        await using var host = new TestHost();
        var socket = await host.ReadyAsync();
        await using var prices = await host.SubscribeAsync(socket);
        host.Publish(1, 2);
        socket = await host.ReconnectAsync(socket);
        Assert.Equal("sub BTC", await socket.SentAsync());
        host.Publish(3, 4);

        Assert.Equal("1 2 Interrupted Restored 3 4", await prices.EventsAsync(6));
    }

    [Fact]
    public async Task P20_HandleSubscribe_runs_once_per_topic_and_session_in_which_it_has_a_reader()
    {
        await using var host = new TestHost();
        var socket = await host.ReadyAsync();
        await using var kept = await host.SubscribeAsync(socket);
        var left = await host.Client.SubscribeAsync(new Ticker("ETH"), Token);
        Assert.Equal("sub ETH", await socket.SentAsync());
        socket.Drop();
        var at = await host.WaitingUntilAsync();
        await left.DisposeAsync();
        await host.Time.TimerAsync(at);
        host.Time.Advance(at - host.Time.GetUtcNow());
        socket = await host.Transport.AcceptAsync();
        Assert.Equal("sub BTC", await socket.SentAsync());
        Assert.Equal("a", await host.Client.CallAsync(new Ask("a"), Token));

        Assert.Equal(
            ["Init", "Connect", "Subscribe BTC", "Subscribe ETH", "Disconnect ConnectionLost", "Connect", "Subscribe BTC", "Call a"],
            host.Handler.Trace());
    }

    [Fact]
    public async Task P7_P20_topics_are_restored_after_a_held_login_and_before_the_calls_that_wait()
    {
        var handler = new ScriptedHandler
        {
            Connect = (state, _) => LateResult.Ok(state).HoldCalls(),
            In = (_, state, _) => LateResult.Ok(state).ReleaseCalls(),
        };
        await using var host = new TestHost(handler);
        await host.StartAsync();
        var socket = await host.Transport.AcceptAsync();
        socket.Send("welcome");
        await host.Client.WaitForReadyAsync(Token);
        await using var prices = await host.SubscribeAsync(socket);
        socket.Drop();
        await host.NextAttemptAsync();
        socket = await host.Transport.AcceptAsync();
        await host.StateAsync(LateConnectionState.Connected);
        var call = host.Client.CallAsync(new Ask("a"), new LateCallOptions { Timeout = Timeout.InfiniteTimeSpan }, Token);
        socket.Send("welcome");
        Assert.Equal("a", await call);

        Assert.Equal(["Connect", "In welcome", "Subscribe BTC", "Call a"], handler.Trace()[^4..]);
    }

    [Fact]
    public async Task P20_a_handler_that_takes_batches_gets_all_topics_of_a_session_in_one()
    {
        await using var host = new TestHost();
        var socket = await host.ReadyAsync();
        var readers = new List<LateSubscription<int>>();
        foreach (var symbol in new[] { "A", "B", "C" })
        {
            readers.Add(await host.Client.SubscribeAsync(new Book(symbol), Token));
        }

        await host.ReconnectAsync(socket);
        Assert.Equal("a", await host.Client.CallAsync(new Ask("a"), Token));

        Assert.Equal(
            ["Init", "Connect", "Subscribe A", "Subscribe B", "Subscribe C", "Disconnect ConnectionLost", "Connect", "Subscribe A+B+C", "Call a"],
            host.Handler.Trace());
        foreach (var reader in readers)
        {
            await reader.DisposeAsync();
        }
    }

    [Fact]
    public async Task P20_a_topic_of_an_ended_session_refuses_items_and_its_entry_is_removed()
    {
        await using var host = new TestHost();
        var socket = await host.ReadyAsync();
        await using var prices = await host.SubscribeAsync(socket);
        Assert.True(host.Handler.Topics.TryGet("BTC", out var first));
        socket = await host.ReconnectAsync(socket);
        await socket.SentAsync();

        Assert.True(host.Handler.Topics.TryGet("BTC", out var second));
        Assert.Equal((1, 2), (first.Session, second.Session));
        Assert.False(first.Publish(1));
        Assert.False(first.Confirm());
        Assert.False(first.Fail(new InvalidOperationException()));
        Assert.True(first.IsEnded);
        Assert.True(second.Publish(2));
        Assert.Equal("Interrupted Restored 2", await prices.EventsAsync(3));
        Assert.Equal(1, host.Handler.Topics.Count);
    }

    [Fact]
    public async Task P20_a_subscriber_that_is_not_confirmed_waits_into_the_next_session_and_begins_there()
    {
        var holds = true;
        await using var host = new TestHost(Holding(() => holds));
        var socket = await host.ReadyAsync();
        var subscribing = host.Client.SubscribeAsync(Btc, new() { Timeout = Timeout.InfiniteTimeSpan }, Token);
        await socket.SentAsync();
        host.Publish(1, 1);
        holds = false;
        socket = await host.ReconnectAsync(socket);
        await socket.SentAsync();
        await using var prices = await subscribing;
        host.Publish(2, 2);

        Assert.Equal("2", await prices.EventsAsync(1));
    }

    [Fact]
    public async Task P20_ReadAllAsync_throws_in_the_place_of_a_gap_and_the_next_enumeration_continues_behind_it()
    {
        await using var host = new TestHost();
        var socket = await host.ReadyAsync();
        await using var prices = await host.SubscribeAsync(socket);
        host.Publish(1, 2);
        socket = await host.ReconnectAsync(socket);
        await socket.SentAsync();
        host.Publish(3, 3);

        Assert.Equal([1, 2], await prices.ItemsAsync(2));
        var gap = await Assert.ThrowsAsync<LateGapException>(() => prices.ItemsAsync(1));
        Assert.Null(gap.Dropped);
        Assert.Equal("Forwarding", gap.ConnectionName);
        Assert.Equal([3], await prices.ItemsAsync(1));
    }

    [Fact]
    public async Task P20_OnGap_Continue_reads_on_over_an_interruption()
    {
        await using var host = new TestHost();
        var socket = await host.ReadyAsync();
        await using var prices = await host.SubscribeAsync(socket, new() { OnGap = LateOnGap.Continue });
        host.Publish(1, 1);
        socket = await host.ReconnectAsync(socket);
        await socket.SentAsync();
        host.Publish(2, 2);

        Assert.Equal([1, 2], await prices.ItemsAsync(2));
    }

    [Fact]
    public async Task P20_many_topics_over_many_sessions_reach_their_readers_complete_and_each_interruption_in_its_place()
    {
        const int Topics = 200;
        const int Sessions = 20;
        await using var host = new TestHost();
        var socket = await host.ReadyAsync();
        var readers = new List<LateSubscription<int>>();
        for (var i = 0; i < Topics; i++)
        {
            readers.Add(await host.Client.SubscribeAsync(new Ticker($"{i}"), Token));
        }

        for (var session = 1; session <= Sessions; session++)
        {
            if (session > 1)
            {
                socket = await host.ReconnectAsync(socket);
            }

            for (var i = 0; i < Topics; i++)
            {
                Assert.Equal($"sub {i}", await socket.SentAsync());
                Assert.True(host.Handler.Topics.Publish($"{i}", session));
            }
        }

        var expected = string.Join(" Interrupted Restored ", Enumerable.Range(1, Sessions));
        foreach (var reader in readers)
        {
            Assert.Equal(expected, await reader.EventsAsync(3 * Sessions - 2));
            await reader.DisposeAsync();
        }

        Assert.Equal(Topics * Sessions, host.Handler.Trace().Count(static callback => callback.StartsWith("Subscribe", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task P20_readers_of_a_stopped_connection_get_what_is_left_and_then_its_end()
    {
        await using var host = new TestHost();
        var socket = await host.ReadyAsync();
        var prices = await host.SubscribeAsync(socket);
        host.Publish(1, 2);
        await host.StopAsync(Token);

        Assert.Equal([1, 2], await prices.ItemsAsync(2));
        await using var events = prices.ReadEventsAsync(Token).GetAsyncEnumerator(Token);
        Assert.True(await events.MoveNextAsync());
        Assert.Equal(LateSubscriptionEventKind.Interrupted, events.Current.Kind);
        await Assert.ThrowsAsync<LateStoppedException>(async () => await events.MoveNextAsync());
        await Assert.ThrowsAsync<LateStoppedException>(() => host.Client.SubscribeAsync(Btc, Token));
    }

    [Fact]
    public async Task P15_readers_of_a_connection_that_stays_faulted_fail_with_the_fault()
    {
        var cause = new FormatException("broken");
        var handler = new ScriptedHandler { In = (_, state, _) => LateResult.Fault(state, "enough", cause) };
        await using var host = new TestHost(handler);
        var socket = await host.ReadyAsync();
        await using var prices = await host.SubscribeAsync(socket, new() { OnGap = LateOnGap.Continue });
        var reading = prices.ItemsAsync(1);
        socket.Send("x");

        Assert.Same(cause, (await Assert.ThrowsAsync<LateFaultedException>(() => reading)).InnerException);
        await Assert.ThrowsAsync<LateFaultedException>(() => host.Client.SubscribeAsync(Btc, Token));
    }

    [Fact]
    public async Task P15_a_new_life_keeps_subscriptions()
    {
        var handler = new ScriptedHandler { In = (_, state, _) => LateResult.Fault(state, "enough") };
        await using var host = RestartingHosts.Restarting(handler);
        var socket = await host.ReadyAsync();
        await using var prices = await host.SubscribeAsync(socket);
        host.Publish(1, 1);
        socket.Send("x");
        await RestartingHosts.NextLifeAsync(host);
        socket = await host.Transport.AcceptAsync();
        Assert.Equal("sub BTC", await socket.SentAsync());
        host.Publish(2, 2);

        Assert.Equal("1 Interrupted Restored 2", await prices.EventsAsync(4));
    }

    [Fact]
    public async Task P15_a_new_life_after_an_error_of_the_handler_keeps_subscriptions()
    {
        var handler = new ScriptedHandler { In = (_, _, _) => throw new FormatException() };
        await using var host = new TestHost(handler, static options => options.HandlerErrors = LateHandlerErrorBehavior.Restart);
        var socket = await host.ReadyAsync();
        await using var prices = await host.SubscribeAsync(socket);
        socket.Send("x");
        await host.NextAttemptAsync();
        socket = await host.Transport.AcceptAsync();
        Assert.Equal("sub BTC", await socket.SentAsync());
        host.Publish(2, 2);

        Assert.Equal("Interrupted Restored 2", await prices.EventsAsync(3));
    }
}
