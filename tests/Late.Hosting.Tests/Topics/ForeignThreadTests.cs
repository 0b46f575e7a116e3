using Late.Hosting.Tests.Support;
using static Late.Hosting.Tests.Topics.TopicReading;

namespace Late.Hosting.Tests.Topics;

/// <summary>Items that are published, or read, from where one would not expect it.</summary>
public sealed class ForeignThreadTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task P20_what_another_thread_publishes_does_not_wait_for_a_callback_that_blocks()
    {
        using var release = new ManualResetEventSlim();
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var handler = new ScriptedHandler();
        handler.Info = (_, state, token) =>
        {
            entered.SetResult();
            release.Wait(token);
            return LateResult.Ok(state);
        };
        await using var host = new TestHost(handler);
        var socket = await host.ReadyAsync();
        await using var prices = await host.SubscribeAsync(socket);
        var reading = prices.ItemsAsync(1);
        await host.Client.PostAsync(new Note("block"), Token);
        await entered.Task;
        await Task.Run(() => host.Publish(1, 1), Token);

        Assert.Equal([1], await reading);
        release.Set();
    }

    [Fact]
    public async Task A_reader_may_be_disposed_inside_its_own_enumeration()
    {
        await using var host = new TestHost();
        var socket = await host.ReadyAsync();
        await using var other = await host.SubscribeAsync(socket);
        await using var prices = await host.Client.SubscribeAsync(Btc, Token);
        host.Publish(1, 10);
        var seen = 0;
        await foreach (var _ in prices.ReadAllAsync(Token))
        {
            seen++;
            await prices.DisposeAsync();
        }

        Assert.Equal(1, seen);
        Assert.Equal(Enumerable.Range(1, 10), await other.ItemsAsync(10));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => prices.ItemsAsync(1));
    }

    [Fact]
    public async Task A_reader_may_be_disposed_inside_a_callback_of_its_connection()
    {
        LateSubscription<int>? prices = null;
        var handler = new ScriptedHandler();
        handler.Info = async (_, state, _) =>
        {
            await prices!.DisposeAsync();
            return LateResult.Ok(state);
        };
        await using var host = new TestHost(handler);
        var socket = await host.ReadyAsync();
        prices = await host.SubscribeAsync(socket);
        var reading = prices.ItemsAsync(1);
        await host.Client.PostAsync(new Note("leave"), Token);
        Assert.Empty(await reading);
        Assert.Equal("unsub BTC", await socket.SentAsync());
    }

    [Fact]
    public async Task Subscribing_in_HandleConnect_fails_with_advice_and_a_subscription_left_running_there_is_confirmed()
    {
        Task<LateSubscription<int>>? left = null;
        var handler = new ScriptedHandler();
        Exception? error = null;
        handler.Connect = async (state, token) =>
        {
            error = await Record.ExceptionAsync(() => handler.Client.SubscribeAsync(Btc, token));
            using (ExecutionContext.SuppressFlow())
            {
                left = Task.Run(() => handler.Client.SubscribeAsync(Btc, Token), Token);
            }

            return LateResult.Ok(state);
        };
        await using var host = new TestHost(handler);
        var socket = await host.ReadyAsync();
        Assert.IsType<InvalidOperationException>(error);
        Assert.Equal("sub BTC", await socket.SentAsync());
        await (await left!).DisposeAsync();
    }
}
