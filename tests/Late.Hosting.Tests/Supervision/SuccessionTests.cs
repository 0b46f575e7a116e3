using System.Runtime.CompilerServices;

namespace Late.Hosting.Tests.Supervision;

/// <summary>A connection that is gone has left nothing.</summary>
public sealed class SuccessionTests
{
    private const int Connections = 2_000;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Of_2000_connections_that_were_started_and_stopped_one_after_the_other_nothing_is_left()
    {
        await using var host = new SupervisedHost(
            static options => options.Startup = LateStartupMode.WaitForReady,
            build: static devices => devices.UseConnectBudget("hub"),
            settings: new() { ["Late:Budgets:hub:Concurrency"] = "10", ["Late:Device:CloseTimeout"] = "00:00:01" });
        await host.StartAsync();
        host.Peers.OnAttempt(static (_, attempt) => attempt.Accept());
        var lives = new Lives();
        for (var i = 0; i < Connections; i++)
        {
            await LiveAsync(host, lives);
        }

        host.Logs.Clear();

        Assert.Equal(2 * Connections, lives.Count);
        Assert.InRange(lives.CountAlive(), 0, 4); // The peer of the key knows the last of its connections.
        Assert.Null(host.Clock.NextDue);
        Assert.Empty(host.Devices.Connections);
    }

    // The options are what a registration for reloads would keep alive, the client is all the rest.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task LiveAsync(SupervisedHost host, Lives lives)
    {
        LateConnectionOptions? own = null;
        var client = await host.StartAsync("a", options => own = options);
        lives.Add(client);
        lives.Add(own!);
        Assert.Equal("a", await client.CallAsync(new Query(), Token));
        Assert.True(await host.Devices.StopAsync("a", Token));
    }
}
