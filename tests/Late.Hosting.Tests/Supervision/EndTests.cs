using System.Net;

namespace Late.Hosting.Tests.Supervision;

/// <summary>What becomes of keys whose connections end by themselves.</summary>
public sealed class EndTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task By_default_a_key_is_forgotten_when_its_handler_stops_it()
    {
        await using var host = new SupervisedHost();
        await host.StartAsync();
        var (client, session) = await host.ReadyAsync("a");

        session.Send("stop");
        await SupervisedHost.StateAsync(client, LateConnectionState.Stopped);
        await UntilAsync(() => host.Devices.Connections.Count == 0);

        await host.ReadyAsync("a");
    }

    [Fact]
    public async Task By_default_a_key_stays_faulted_until_it_is_started_again()
    {
        await using var host = new SupervisedHost();
        await host.StartAsync();
        host.Peers.OnAttempt(static (_, attempt) => attempt.Refuse(HttpStatusCode.Unauthorized));
        var faulted = await host.StartAsync("a");
        await SupervisedHost.StateAsync(faulted, LateConnectionState.Faulted);
        host.Peers.OnAttempt(static (_, attempt) => attempt.Accept());

        Assert.Same(faulted, await host.Devices.GetOrStartAsync("a", arguments: [new Device("a")], cancellationToken: Token));
        await Assert.ThrowsAsync<LateFaultedException>(() => faulted.CallAsync(new Query(), Token));
        var next = await host.StartAsync("a");
        await next.WaitForReadyAsync(Token);
        Assert.Equal("a", await next.CallAsync(new Query(), Token));
    }

    [Theory]
    [InlineData(LateOnEnd.Forget, 0)]
    [InlineData(LateOnEnd.Keep, 1)]
    public async Task A_fault_forgets_or_keeps_a_key_as_OnFault_says(LateOnEnd onFault, int keys)
    {
        await using var host = new SupervisedHost(supervise: options => options.OnFault = onFault);
        await host.StartAsync();
        host.Log.IsBroken = static _ => true;
        var client = await host.StartAsync("a");

        await SupervisedHost.StateAsync(client, LateConnectionState.Faulted);
        await UntilAsync(() => host.Devices.Connections.Count == keys);

        Assert.True(await host.Devices.StopAsync("a", Token) == (keys == 1));
        Assert.Empty(host.Devices.Connections);
    }

    [Fact]
    public async Task A_connection_starts_again_with_a_new_handler_the_same_arguments_and_growing_delays()
    {
        await using var host = new SupervisedHost(
            options => options.Reconnect.MaxDelay = TimeSpan.FromSeconds(5), options => options.OnFault = LateOnEnd.StartAgain);
        await host.StartAsync();
        host.Log.IsBroken = static _ => true;
        await host.StartAsync("a");

        foreach (var (number, most) in new[] { 0.5, 1, 2, 4, 5, 5 }.Index())
        {
            var delay = await NextDelayAsync(host, number + 1);
            Assert.InRange(delay.TotalSeconds, (most / 2) - 0.001, most);
            host.Clock.AdvanceTo(host.Clock.GetUtcNow() + delay);
        }

        var last = await NextDelayAsync(host, 7);
        host.Log.IsBroken = static _ => false;
        host.Clock.AdvanceTo(host.Clock.GetUtcNow() + last);
        await host.Peers["a"].AcceptAsync();
        Assert.True(host.Devices.TryGet("a", out var client));
        await client.WaitForReadyAsync(Token);
        Assert.Equal("a", await client.CallAsync(new Query(), Token));
        Assert.Equal(8, host.Log.Lines.Count(static line => line == "Init a of Device/a"));
        Assert.Equal(7, host.Log.Lines.Count(static line => line == "Dispose a"));
    }

    [Fact]
    public async Task A_key_that_waits_for_its_next_start_can_be_stopped()
    {
        await using var host = new SupervisedHost(supervise: options => options.OnFault = LateOnEnd.StartAgain);
        await host.StartAsync();
        host.Log.IsBroken = static _ => true;
        await host.StartAsync("a");
        await NextDelayAsync(host, 1);

        Assert.True(await host.Devices.StopAsync("a", Token));
        await UntilAsync(() => host.Clock.NextDue is null);

        Assert.Empty(host.Devices.Connections);
        Assert.Single(host.Log.Lines, "Init a of Device/a");
    }

    /// <summary>How long the connection that has ended waits for its next start; the clock may be turned then.</summary>
    private static async Task<TimeSpan> NextDelayAsync(SupervisedHost host, int restart)
    {
        // No other timer is set then.
        await UntilAsync(() => host.Logs.GetSnapshot().Count(static record => record.Id.Name == "StartsAgain") == restart && host.Clock.NextDue is not null);
        return host.Clock.NextDue!.Value - host.Clock.GetUtcNow();
    }

    private static async Task UntilAsync(Func<bool> isSo)
    {
        while (!isSo())
        {
            Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
