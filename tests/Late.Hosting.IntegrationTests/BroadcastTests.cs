using Late.Hosting.IntegrationTests.Support;

namespace Late.Hosting.IntegrationTests;

/// <summary>Calls over all connections of a supervisor.</summary>
public sealed class BroadcastTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [BoundedFact]
    public async Task P5_a_broadcast_has_one_outcome_for_each_key_and_a_lost_connection_affects_no_other()
    {
        await using var server = await TestServer.StartAsync(Microsoft.AspNetCore.Server.Kestrel.Core.HttpProtocols.Http2);
        await using var fleet = await Fleet.StartAsync(server, connections: 3);
        var broadcast = fleet.Supervisor.BroadcastAsync(new Ask("number"), cancellationToken: Token);
        foreach (var (serial, peer) in fleet.Peers)
        {
            var question = await peer.ReceiveAsync();
            if (serial == "1")
            {
                await peer.CloseAsync(1001, "maintenance");
            }
            else
            {
                await peer.SendAsync(question!);
            }
        }

        var outcomes = await broadcast;
        Assert.Equal(["0", "1", "2"], outcomes.Keys.Order(StringComparer.Ordinal));
        Assert.True(outcomes["0"].TryGetReply(out var first));
        Assert.Equal(("0 number", "2 number"), (first, outcomes["2"].Reply));
        Assert.False(outcomes["1"].TryGetReply(out _));
        Assert.Equal(1001, Assert.IsType<LateDisconnectedException>(outcomes["1"].Exception).CloseCode);
    }

    [BoundedFact]
    public async Task P5_its_token_ends_all_calls_and_the_outcomes_are_canceled()
    {
        await using var server = await TestServer.StartAsync(Microsoft.AspNetCore.Server.Kestrel.Core.HttpProtocols.Http2);
        await using var fleet = await Fleet.StartAsync(server, connections: 2);
        using var caller = new CancellationTokenSource();
        var broadcast = fleet.Supervisor.BroadcastAsync(new Ask("number"), cancellationToken: caller.Token);
        await fleet.Peers["0"].SendAsync((await fleet.Peers["0"].ReceiveAsync())!);
        await fleet.Peers["1"].ReceiveAsync();

        // Behind the first reply: it is handled when this one is.
        var other = fleet.Clients["0"].CallAsync(new Ask("other"), Token);
        await fleet.Peers["0"].SendAsync((await fleet.Peers["0"].ReceiveAsync())!);
        await other;
        await caller.CancelAsync();

        var outcomes = await broadcast;
        Assert.Equal("0 number", outcomes["0"].Reply);
        Assert.IsAssignableFrom<OperationCanceledException>(outcomes["1"].Exception);
    }
}
