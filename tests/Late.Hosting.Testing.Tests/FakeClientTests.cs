using Late.Hosting.Testing.Tests.Support;

namespace Late.Hosting.Testing.Tests;

/// <summary>A fake client of which a test overrides what it needs.</summary>
public sealed class FakeClientTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_fake_is_ready_and_throws_where_a_test_has_overridden_nothing()
    {
        ILateClient<FeedHandler> client = new Fake();
        await client.WaitForReadyAsync(Token);
        await client.SendAsync(LateFrame.Text("hello"), Token);
        await client.ReconnectAsync("why not", Token);

        Assert.Equal(LateConnectionState.Ready, client.State);
        Assert.Equal(TimeSpan.Zero, await client.PingAsync(Token));
        Assert.Equal([client.Status], await client.WatchAsync(Token).ToListAsync(Token));
        Assert.Equal(
            "The client of connection 'Test' is a fake. Override DispatchSubscribeAsync.",
            (await Assert.ThrowsAsync<NotSupportedException>(() => client.SubscribeAsync(new Feed("a"), Token))).Message);
        Assert.Throws<NotSupportedException>(() => client.StreamAsync(new Count100("a"), Token));
    }

    [Fact]
    public async Task A_fake_refuses_a_request_that_a_client_refuses()
    {
        ILateClient<FeedHandler> client = new Fake();

        await Assert.ThrowsAsync<ArgumentException>(() => client.ReconnectAsync(new LateReconnect { Order = LateReconnectOrder.ConnectFirst, After = TimeSpan.FromSeconds(1) }, Token));
    }

    private sealed class Fake : LateTestClient<FeedHandler>;
}
