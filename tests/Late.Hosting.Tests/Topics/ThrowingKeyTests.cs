using Late.Hosting.Tests.Support;

namespace Late.Hosting.Tests.Topics;

/// <summary>A key whose equality throws, in a table of the handler.</summary>
public sealed class ThrowingKeyTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task P3_the_end_of_a_session_does_not_depend_on_the_equality_of_a_wire_key()
    {
        var throws = false;
        var table = new LateTopics<WireKey, Ticker, int>();
        var handler = new ScriptedHandler();
        handler.Subscribe = (topic, state, _) =>
        {
            if (!throws)
            {
                table.TryAdd(new WireKey(() => throws), topic);
            }

            return LateResult.Send(state, LateFrame.Text($"sub {topic.Key.Symbol}"));
        };
        await using var host = new TestHost(handler);
        var socket = await host.ReadyAsync();
        await using var first = await host.SubscribeAsync(socket);
        await using var second = await host.Client.SubscribeAsync(new Ticker("ETH"), Token);
        Assert.Equal("sub ETH", await socket.SentAsync());
        throws = true;
        socket = await host.ReconnectAsync(socket);

        var subscribed = new[] { await socket.SentAsync(), await socket.SentAsync() };
        Assert.Equal(["sub BTC", "sub ETH"], subscribed.Order());
    }

    private sealed class WireKey(Func<bool> throws)
    {
        public override bool Equals(object? obj) => throws() ? throw new FormatException() : ReferenceEquals(this, obj);

        public override int GetHashCode() => throws() ? throw new FormatException() : 7;
    }
}
