using Late.Hosting.Tests.Support;
using static Late.Hosting.Tests.Topics.TopicReading;

namespace Late.Hosting.Tests.Topics;

/// <summary>What a reader of items receives where its connection ends: the end, in the place in which items may be missing, and no gap that is none.</summary>
public sealed class TopicEndTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task P20_a_reader_of_a_stopped_connection_gets_the_items_that_were_accepted_and_then_the_stop()
    {
        await using var host = new TestHost();
        var socket = await host.ReadyAsync();
        await using var prices = await host.SubscribeAsync(socket);
        host.Publish(1, 2);
        await host.StopAsync(Token);

        Assert.Equal([1, 2], await prices.ItemsAsync(2));
        var end = await Assert.ThrowsAsync<LateStoppedException>(() => prices.ItemsAsync(1));
        Assert.StartsWith("A subscription to Ticker has ended", end.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<LateStoppedException>(() => prices.ItemsAsync(1));
    }

    [Fact]
    public async Task P20_a_reader_that_waits_when_the_connection_stops_gets_the_stop()
    {
        await using var host = new TestHost();
        var socket = await host.ReadyAsync();
        await using var prices = await host.SubscribeAsync(socket);
        host.Publish(1, 1);
        Assert.Equal([1], await prices.ItemsAsync(1));
        var reading = prices.ItemsAsync(1);
        await host.StopAsync(Token);

        await Assert.ThrowsAsync<LateStoppedException>(() => reading);
    }

    [Fact]
    public async Task P20_a_reader_that_waits_when_the_handler_stops_the_connection_gets_the_stop()
    {
        await using var host = new TestHost(new ScriptedHandler { In = static (_, state, _) => LateResult.Stop(state) });
        var socket = await host.ReadyAsync();
        await using var prices = await host.SubscribeAsync(socket);
        var reading = prices.ItemsAsync(1);
        socket.Send("x");

        await Assert.ThrowsAsync<LateStoppedException>(() => reading);
    }

    [Fact]
    public async Task P15_a_reader_that_waits_when_the_connection_faults_gets_the_fault()
    {
        await using var host = Faulting();
        var socket = await host.ReadyAsync();
        await using var prices = await host.SubscribeAsync(socket);
        var reading = prices.ItemsAsync(1);
        socket.Send("x");

        await Assert.ThrowsAsync<LateFaultedException>(() => reading);
    }

    [Fact]
    public async Task P15_a_permanent_close_code_is_a_gap_until_HandleDisconnect_has_run_and_then_the_fault()
    {
        var disconnecting = new TaskCompletionSource();
        var handler = new ScriptedHandler();
        handler.Disconnect = async (_, state, _) =>
        {
            await disconnecting.Task;
            return LateDisconnectResult.Ok(state);
        };
        await using var host = new TestHost(handler, static options => options.PermanentCloseCodes.Add(4004));
        var socket = await host.ReadyAsync();
        await using var prices = await host.SubscribeAsync(socket);
        socket.Close(4004, "gone");
        await Assert.ThrowsAsync<LateGapException>(() => prices.ItemsAsync(1));
        var reading = prices.ItemsAsync(1);
        disconnecting.SetResult();

        await Assert.ThrowsAsync<LateFaultedException>(() => reading);
    }

    [Fact]
    public async Task P20_a_stop_behind_a_gap_that_was_not_read_is_thrown_in_its_place()
    {
        await using var host = new TestHost();
        var socket = await host.ReadyAsync();
        await using var prices = await host.SubscribeAsync(socket);
        host.Publish(1, 1);
        socket.Drop();
        await host.WaitingUntilAsync();
        await host.StopAsync(Token);

        Assert.Equal([1], await prices.ItemsAsync(1));
        await Assert.ThrowsAsync<LateStoppedException>(() => prices.ItemsAsync(1));
    }

    [Fact]
    public async Task P20_a_gap_behind_which_the_topic_is_complete_is_thrown()
    {
        await using var host = new TestHost();
        var socket = await host.ReadyAsync();
        await using var prices = await host.SubscribeAsync(socket);
        socket = await host.ReconnectAsync(socket);
        Assert.Equal("sub BTC", await socket.SentAsync());
        Assert.True(host.Handler.Topics.Complete("BTC"));

        await Assert.ThrowsAsync<LateGapException>(() => prices.ItemsAsync(1));
        Assert.Empty(await prices.ItemsAsync(1));
    }
}
