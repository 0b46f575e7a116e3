using System.Text.Json;
using JsonRpcClient.Rpc;
using JsonRpcClient.Tests.Support;
using Late.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace JsonRpcClient.Tests;

/// <summary>The handler against a server of another library.</summary>
public sealed class NodeTests
{
    private const int Readers = 10;
    private const int PerSecond = 1000;
    private const int Seconds = 6;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task P20_thousands_of_notifications_reach_ten_readers_once_and_in_order_through_a_drop()
    {
        await using var node = await Node.StartAsync();
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddLateConnection<RpcHandler>(options =>
        {
            options.Uri = node.Uri;
            (options.Reconnect.BaseDelay, options.Reconnect.MaxDelay) = (TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(5));
            (options.ConnectTimeout, options.ReadyTimeout, options.CallTimeout) = (TimeSpan.FromHours(1), TimeSpan.FromHours(1), TimeSpan.FromHours(1));
        });
        using var host = builder.Build();
        await host.StartAsync(Token);
        var client = host.Services.GetRequiredService<ILateClient<RpcHandler>>();
        Assert.Equal("0x1", (await client.CallAsync(new Invoke("eth_chainId"), Token)).GetString());
        var readers = new List<LateSubscription<JsonElement>>();
        for (var i = 0; i < Readers; i++)
        {
            readers.Add(await client.SubscribeAsync(new Feed("newHeads"), new() { Capacity = Seconds * PerSecond }, Token));
        }

        var restored = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var reading = readers.Select(reader => Task.Run(() => ReadAsync(reader, restored), Token)).ToArray();
        var subscription = await node.SubscribedAsync();
        const int Sent = Seconds * PerSecond / 2;
        for (var second = 0; second < Seconds / 2; second++)
        {
            await node.NotifyAsync(subscription, (second * PerSecond) + 1, (second + 1) * PerSecond);
        }

        node.Drop();
        subscription = await node.SubscribedAsync();

        // The node's answer has come: what it sends before it is for no subscription that the client knows.
        await restored.Task.WaitAsync(Token);
        for (var second = Seconds / 2; second < Seconds; second++)
        {
            await node.NotifyAsync(subscription, (second * PerSecond) + 1, (second + 1) * PerSecond);
        }

        var seen = await Task.WhenAll(reading);
        Assert.All(seen, events => Assert.Equal(seen[0], events));
        var lost = seen[0].IndexOf("Interrupted");
        Assert.InRange(lost, 0, Sent);
        Assert.Equal(
            [
                .. Enumerable.Range(1, lost).Select(static number => $"{number}"), "Interrupted", "Restored",
                .. Enumerable.Range(Sent + 1, Sent).Select(static number => $"{number}"),
            ],
            seen[0]);
        foreach (var reader in readers)
        {
            await reader.DisposeAsync();
        }

        Assert.Equal($"left {subscription}", await node.SubscribedAsync());
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await host.StopAsync(now.Token);
    }

    private static async Task<List<string>> ReadAsync(LateSubscription<JsonElement> reader, TaskCompletionSource restored)
    {
        var seen = new List<string>();
        await foreach (var next in reader.ReadEventsAsync(Token))
        {
            seen.Add(next.Kind == LateSubscriptionEventKind.Item ? $"{next.Item}" : $"{next.Kind}");
            if (next.Kind == LateSubscriptionEventKind.Restored)
            {
                restored.TrySetResult();
            }

            if (seen[^1] == $"{Seconds * PerSecond}")
            {
                break;
            }
        }

        return seen;
    }
}
