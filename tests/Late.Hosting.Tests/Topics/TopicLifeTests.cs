using Late.Hosting.Tests.Support;
using static Late.Hosting.Tests.Topics.TopicReading;

namespace Late.Hosting.Tests.Topics;

/// <summary>Subscriptions over a fault that no new life follows by itself.</summary>
public sealed class TopicLifeTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(LateOnGap.Continue)]
    [InlineData(LateOnGap.Throw)]
    public async Task P15_readers_receive_the_fault_in_the_place_of_a_gap_and_continue_in_the_life_that_ReconnectAsync_begins(LateOnGap onGap)
    {
        await using var host = Faulting();
        var socket = await host.ReadyAsync();
        await using var prices = await host.SubscribeAsync(socket, new() { OnGap = onGap });
        host.Publish(1, 2);
        Assert.Equal([1], await prices.ItemsAsync(1));
        socket.Send("x");
        await host.StateAsync(LateConnectionState.Faulted);

        Assert.Equal([2], await prices.ItemsAsync(1));
        var fault = await Assert.ThrowsAsync<LateFaultedException>(() => prices.ItemsAsync(1));
        Assert.EndsWith("The subscription continues in the new life: enumerate again then.", fault.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<LateFaultedException>(() => prices.ItemsAsync(1));

        await host.Client.ReconnectAsync("repaired", Token);
        socket = await host.Transport.AcceptAsync();
        Assert.Equal("sub BTC", await socket.SentAsync());
        host.Publish(3, 3);
        Assert.Equal([3], await prices.ItemsAsync(1));
    }

    [Fact]
    public async Task P15_a_reader_that_did_not_read_meanwhile_finds_an_interruption_alone()
    {
        await using var host = Faulting();
        var socket = await host.ReadyAsync();
        await using var prices = await host.SubscribeAsync(socket);
        host.Publish(1, 1);
        socket.Send("x");
        await host.StateAsync(LateConnectionState.Faulted);
        await host.Client.ReconnectAsync("repaired", Token);
        socket = await host.Transport.AcceptAsync();
        Assert.Equal("sub BTC", await socket.SentAsync());
        host.Publish(2, 2);

        Assert.Equal("1 Interrupted Restored 2", await prices.EventsAsync(4));
    }

    [Fact]
    public async Task P15_a_reader_that_leaves_while_the_connection_has_faulted_is_not_subscribed_again()
    {
        await using var host = Faulting();
        var socket = await host.ReadyAsync();
        var prices = await host.SubscribeAsync(socket);
        socket.Send("x");
        await host.StateAsync(LateConnectionState.Faulted);
        await prices.DisposeAsync();
        await host.Client.ReconnectAsync("repaired", Token);
        await host.Transport.AcceptAsync();
        await host.Client.WaitForReadyAsync(Token);

        Assert.Equal("a", await host.Client.CallAsync(new Ask("a"), Token));
        Assert.Single(host.Handler.Trace(), static callback => callback == "Subscribe BTC");
    }

    [Fact]
    public async Task P15_a_stop_after_the_fault_ends_the_subscription()
    {
        await using var host = Faulting();
        var socket = await host.ReadyAsync();
        await using var prices = await host.SubscribeAsync(socket, new() { OnGap = LateOnGap.Continue });
        socket.Send("x");
        await host.StateAsync(LateConnectionState.Faulted);
        await Assert.ThrowsAsync<LateFaultedException>(() => prices.ItemsAsync(1));
        await host.StopAsync(Token);

        var end = await Assert.ThrowsAnyAsync<LateException>(() => prices.ItemsAsync(1));
        Assert.DoesNotContain("continues", end.Message, StringComparison.Ordinal);
    }
}
