using Late.Hosting.Tests.Support;

namespace Late.Hosting.Tests.Topics;

/// <summary>Callbacks that read what their own connection brings (promise P14).</summary>
public sealed class OwnReadTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task P14_a_callback_that_waits_for_an_item_of_its_own_connection_fails_with_advice_and_the_subscription_continues()
    {
        LateSubscription<int>? prices = null;
        var handler = new ScriptedHandler();
        handler.Call = async (_, call, state, _) =>
        {
            call.Reply($"{(await prices!.ItemsAsync(1))[0]}");
            return LateResult.Ok(state);
        };
        await using var host = new TestHost(handler);
        var socket = await host.ReadyAsync();
        await using var subscription = prices = await host.SubscribeAsync(socket);

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => host.Client.CallAsync(new Ask("a"), Token));
        Assert.Equal(
            "A callback of connection 'Forwarding' waits for an item of Ticker from its own connection, and would wait for itself. Read outside of the handler; in it, keep what comes in the state.",
            error.Message);
        host.Publish(1, 2);
        Assert.Equal([1], await prices.ItemsAsync(1));
        Assert.Equal("2", await host.Client.CallAsync(new Ask("a"), Token));
    }

    [Fact]
    public async Task P14_a_callback_that_waits_for_an_item_of_a_stream_of_its_own_connection_fails_with_advice()
    {
        IAsyncEnumerator<int>? items = null;
        var handler = new ScriptedHandler();
        handler.Call = async (_, call, state, _) =>
        {
            call.Reply($"{await items!.MoveNextAsync()}");
            return LateResult.Ok(state);
        };
        await using var host = new TestHost(handler);
        var socket = await host.ReadyAsync();
        await using var stream = items = host.Client.StreamAsync(new Talk("a"), Token).GetAsyncEnumerator(Token);
        var first = items.MoveNextAsync();
        Assert.Equal("1 a", await socket.SentAsync());
        Assert.True(handler.Streams.Write(1, 1));
        Assert.True(await first);

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => host.Client.CallAsync(new Ask("a"), Token));
        Assert.StartsWith("A callback of connection 'Forwarding' waits for an item of Talk", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task P14_a_callback_may_wait_for_items_of_another_connection()
    {
        LateSubscription<int>? prices = null;
        var handler = new ScriptedHandler();
        handler.Call = async (_, call, state, _) =>
        {
            call.Reply($"{(await prices!.ItemsAsync(1))[0]}");
            return LateResult.Ok(state);
        };
        await using var other = new TestHost();
        await using var host = new TestHost(handler);
        await using var subscription = prices = await other.SubscribeAsync(await other.ReadyAsync());
        await host.ReadyAsync();
        var calling = host.Client.CallAsync(new Ask("a"), Token);
        await handler.SkipToAsync("Call a");
        other.Publish(7, 7);

        Assert.Equal("7", await calling);
    }
}
