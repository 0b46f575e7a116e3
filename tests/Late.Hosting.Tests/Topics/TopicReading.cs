using Late.Hosting.Tests.Support;

namespace Late.Hosting.Tests.Topics;

/// <summary>What the tests of topics have in common.</summary>
internal static class TopicReading
{
    public static readonly Ticker Btc = new("BTC");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>A handler that confirms its topics later.</summary>
    /// <param name="holds">Whether it does so still; null for always.</param>
    public static ScriptedHandler Holding(Func<bool>? holds = null)
    {
        var handler = new ScriptedHandler();
        handler.Subscribe = async (topic, state, token) =>
        {
            var result = await handler.KeepAsync(topic, state, token);
            return holds?.Invoke() == false ? result : result.HoldConfirm();
        };
        return handler;
    }

    /// <summary>A host whose handler faults at the first frame.</summary>
    public static TestHost Faulting() => new(new ScriptedHandler { In = static (_, state, _) => LateResult.Fault(state, "enough") });

    /// <summary>Subscribes on a host whose handler sends a frame for it, which is read.</summary>
    public static async Task<LateSubscription<int>> SubscribeAsync(this TestHost host, FakeSocket socket, LateSubscribeOptions options = default)
    {
        var subscribing = host.Client.SubscribeAsync(Btc, options, Token);
        Assert.Equal("sub BTC", await socket.SentAsync());
        return await subscribing;
    }

    /// <summary>Subscribes on a host whose handler keeps its requests, and leaves before the reply to the first.</summary>
    public static async Task LeaveBeforeReplyAsync(this TestHost host, FakeSocket socket)
    {
        using var subscriber = new CancellationTokenSource();
        var subscribing = host.Client.SubscribeAsync(Btc, subscriber.Token);
        Assert.Equal("1 sub", await socket.SentAsync());
        await subscriber.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => subscribing);
        await host.Client.SendAsync(LateFrame.Text("after"), Token);
        Assert.Equal("after", await socket.SentAsync());
    }

    /// <summary>Loses the session, and waits until the handler has subscribed to one topic in the next.</summary>
    public static async Task<FakeSocket> ReconnectAsync(this TestHost host, FakeSocket socket)
    {
        socket.Drop();
        await host.NextAttemptAsync();
        var next = await host.Transport.AcceptAsync();
        await host.Client.WaitForReadyAsync(Token);
        return next;
    }

    /// <summary>Publishes numbers to the topic of BTC.</summary>
    public static void Publish(this TestHost host, int first, int last)
    {
        for (var item = first; item <= last; item++)
        {
            Assert.True(host.Handler.Topics.Publish("BTC", item));
        }
    }

    /// <summary>The next events of a subscription, in a line.</summary>
    public static async Task<string> EventsAsync(this LateSubscription<int> subscription, int count)
    {
        var seen = new List<string>();
        await foreach (var next in subscription.ReadEventsAsync(Token))
        {
            seen.Add(next.Kind switch
            {
                LateSubscriptionEventKind.Item => $"{next.Item}",
                LateSubscriptionEventKind.Dropped => $"Dropped {next.Dropped}",
                _ => $"{next.Kind}",
            });
            if (seen.Count == count)
            {
                break;
            }
        }

        return string.Join(' ', seen);
    }

    /// <summary>The next items of a subscription.</summary>
    public static async Task<List<int>> ItemsAsync(this LateSubscription<int> subscription, int count)
    {
        var seen = new List<int>();
        await foreach (var item in subscription.ReadAllAsync(Token))
        {
            seen.Add(item);
            if (seen.Count == count)
            {
                break;
            }
        }

        return seen;
    }
}
