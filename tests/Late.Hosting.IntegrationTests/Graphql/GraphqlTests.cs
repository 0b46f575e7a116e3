using Late.Hosting.IntegrationTests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Late.Hosting.IntegrationTests.Graphql;

/// <summary>GraphQL subscriptions with a server of another library, which is killed again and again.</summary>
public sealed class GraphqlTests(GraphqlServer server) : IClassFixture<GraphqlServer>
{
    private const int Subscriptions = 200;
    private const int Kills = 5;
    private const int LeavePerKill = 15;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [BoundedFact]
    public async Task P20_of_two_hundred_subscriptions_each_kill_restores_those_that_have_a_reader_once_after_the_ack()
    {
        server.Need();
        using var host = Host(server.Uri);
        await host.StartAsync(Token);
        var client = host.Services.GetRequiredService<ILateClient<GraphqlHandler>>();
        Assert.Equal("connected", await server.ReadAsync());
        var readers = new Dictionary<string, LateSubscription<int>>();
        for (var i = 0; i < Subscriptions; i++)
        {
            readers.Add($"topic{i:000}", await client.SubscribeAsync(new Ticks($"topic{i:000}"), Token));
            Assert.Equal($"subscribe topic{i:000}", await server.ReadAsync());
        }

        for (var kill = 1; kill <= Kills; kill++)
        {
            await server.PublishAsync(kill);
            await EachReadsAsync(readers, kill == 1 ? "1" : $"Interrupted Restored {kill}");

            // Some leave while there is a session, which the server learns, and some while there is none.
            await LeaveAsync(readers, async name => Assert.Equal($"complete {name}", await server.ReadAsync()));
            await server.KillAsync();
            await LeaveAsync(readers, static _ => Task.CompletedTask);
            await server.OpenAsync();

            // A subscription before the acknowledgement would end the session: the protocol wants it so.
            Assert.Equal(readers.Keys.Order(StringComparer.Ordinal), (await server.SubscribedAsync(readers.Count)).Order(StringComparer.Ordinal));
            await client.PingAsync(Token);
            Assert.Equal(readers.Keys.Order(StringComparer.Ordinal), await server.ActiveAsync());
        }

        await server.PublishAsync(Kills + 1);
        await EachReadsAsync(readers, $"Interrupted Restored {Kills + 1}");
        Assert.Equal(Subscriptions - (2 * Kills * LeavePerKill), readers.Count);
        await LeaveAsync(readers, async name => Assert.Equal($"complete {name}", await server.ReadAsync()), readers.Count);
        Assert.Empty(await server.ActiveAsync());
        await host.StopAsync(Token);
    }

    [BoundedFact]
    public async Task P19_a_stream_that_its_reader_leaves_is_completed_at_the_server_and_one_that_the_server_completes_ends()
    {
        server.Need();
        using var host = Host(server.Uri);
        await host.StartAsync(Token);
        var client = host.Services.GetRequiredService<ILateClient<GraphqlHandler>>();
        Assert.Equal("connected", await server.ReadAsync());
        await foreach (var number in CountAsync(client, 3))
        {
            Assert.Equal(3, number);
            break;
        }

        Assert.Equal("complete countdown 3", await server.ReadAsync());
        var seen = new List<int>();
        await foreach (var number in CountAsync(client, 2))
        {
            seen.Add(number);
            await (number > 0 ? server.CountAsync(number - 1) : server.EndAsync());
        }

        Assert.Equal([2, 1, 0], seen);
        await host.StopAsync(Token);
    }

    private async IAsyncEnumerable<int> CountAsync(ILateClient<GraphqlHandler> client, int from)
    {
        await using var numbers = client.StreamAsync(new Countdown(from), Token).GetAsyncEnumerator(Token);
        var next = numbers.MoveNextAsync();
        Assert.Equal($"subscribe countdown {from}", await server.ReadAsync());
        await server.CountAsync(from);
        while (await next)
        {
            yield return numbers.Current;
            next = numbers.MoveNextAsync();
        }
    }

    private static IHost Host(Uri uri)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddLateConnection<GraphqlHandler>(options =>
        {
            options.Uri = uri;
            options.SubProtocols.Add("graphql-transport-ws");
            RealTime.Apply(options);
        });
        return builder.Build();
    }

    private static async Task EachReadsAsync(Dictionary<string, LateSubscription<int>> readers, string expected)
    {
        var count = expected.Split(' ').Length;
        foreach (var reader in readers.Values)
        {
            var seen = new List<string>();
            await foreach (var next in reader.ReadEventsAsync(Token))
            {
                seen.Add(next.Kind == LateSubscriptionEventKind.Item ? $"{next.Item}" : $"{next.Kind}");
                if (seen.Count == count)
                {
                    break;
                }
            }

            Assert.Equal(expected, string.Join(' ', seen));
        }
    }

    private static async Task LeaveAsync(Dictionary<string, LateSubscription<int>> readers, Func<string, Task> left, int count = LeavePerKill)
    {
        foreach (var name in readers.Keys.Take(count).ToList())
        {
            await readers[name].DisposeAsync();
            readers.Remove(name);
            await left(name);
        }
    }
}
