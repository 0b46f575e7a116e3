using Late.Hosting.IntegrationTests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Late.Hosting.IntegrationTests;

/// <summary>Hundreds of connections that are started at run time, over real sockets.</summary>
public sealed class SupervisorTests
{
    private const int Connections = 300;
    private const int Concurrency = 10;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [BoundedFact]
    public async Task Hundreds_of_connections_are_started_concurrently_called_lost_and_stopped_within_their_budget()
    {
        await using var server = await TestServer.StartAsync();
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddLateConnectBudget("fleet", static options => options.Concurrency = Concurrency);
        builder.Services.AddLateSupervisor<FleetHandler>(options =>
        {
            options.Uri = server.Uri;
            options.Reconnect.BaseDelay = TimeSpan.FromMilliseconds(1);
        }).UseConnectBudget("fleet");
        using var host = builder.Build();
        await host.StartAsync(Token);
        var fleet = host.Services.GetRequiredService<ILateSupervisor<FleetHandler>>();

        var clients = await Task.WhenAll(Enumerable.Range(0, Connections).Select(number => fleet.StartAsync($"{number}", create: _ => new FleetHandler($"{number}"), cancellationToken: Token)));
        var peers = await AcceptAllAsync(server, before: 0);
        await CallAllAsync(clients, peers);

        foreach (var peer in peers.Values)
        {
            peer.Drop();
        }

        peers = await AcceptAllAsync(server, before: Connections);
        await CallAllAsync(clients, peers);

        var stopping = host.StopAsync(Token);
        await Task.WhenAll(peers.Values.Select(static peer => peer.AnswerCloseAsync()));
        await stopping;
        Assert.Equal(2 * Connections, server.Requests);
        Assert.All(clients, static client => Assert.Equal(LateConnectionState.Stopped, client.State));
    }

    /// <summary>Answers the attempts of all, never more concurrently than the budget allows; by their serial numbers.</summary>
    private static async Task<Dictionary<string, TestPeer>> AcceptAllAsync(TestServer server, int before)
    {
        var peers = new Dictionary<string, TestPeer>();
        var waiting = new Queue<TestRequest>();
        await FillAsync(server, waiting, Concurrency);
        while (waiting.TryDequeue(out var request))
        {
            Assert.InRange(server.Requests - before - peers.Count, 1, Concurrency);
            var peer = await request.AcceptAsync();
            peers.Add((await peer.ReceiveAsync())!.Split(' ')[1], peer);
            await FillAsync(server, waiting, Math.Min(Concurrency, Connections - peers.Count) - waiting.Count);
        }

        Assert.Equal(Connections, peers.Count);
        return peers;
    }

    private static async Task FillAsync(TestServer server, Queue<TestRequest> waiting, int count)
    {
        for (var i = 0; i < count; i++)
        {
            waiting.Enqueue(await server.RequestAsync());
        }
    }

    private static async Task CallAllAsync(IReadOnlyList<ILateClient<FleetHandler>> clients, Dictionary<string, TestPeer> peers)
    {
        var answers = Task.WhenAll(clients.Select(client => client.CallAsync(new Ask("number"), Token)));
        foreach (var peer in peers.Values)
        {
            await peer.SendAsync((await peer.ReceiveAsync())!);
        }

        Assert.Equal(Enumerable.Range(0, Connections).Select(static number => $"{number} number"), await answers);
    }
}
