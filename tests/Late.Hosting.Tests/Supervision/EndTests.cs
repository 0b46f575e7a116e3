using System.Net;
using System.Runtime.CompilerServices;

namespace Late.Hosting.Tests.Supervision;

/// <summary>What happens to keys whose connections end by themselves.</summary>
public sealed class EndTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task By_default_a_key_is_removed_when_its_handler_stops_it()
    {
        await using var host = new SupervisedHost();
        await host.StartAsync();
        var (client, session) = await host.ReadyAsync("a");

        session.Send("stop");
        await SupervisedHost.StateAsync(client, LateConnectionState.Stopped);
        await SupervisedHost.UntilAsync(() => host.Devices.Connections.Count == 0);

        await host.ReadyAsync("a");
    }

    [Fact]
    public async Task By_default_a_key_stays_faulted_until_it_is_restarted()
    {
        await using var host = new SupervisedHost();
        await host.StartAsync();
        host.Peers.OnAttempt(static (_, attempt) => attempt.Refuse(HttpStatusCode.Unauthorized));
        var faulted = await host.StartAsync("a");
        await SupervisedHost.StateAsync(faulted, LateConnectionState.Faulted);
        host.Peers.OnAttempt(static (_, attempt) => attempt.Accept());

        Assert.Same(faulted, await host.Devices.GetOrStartAsync("a", create: SupervisedHost.Create("a"), cancellationToken: Token));
        await Assert.ThrowsAsync<LateFaultedException>(() => faulted.CallAsync(new Query(), Token));
        var next = await host.StartAsync("a");
        await next.WaitForReadyAsync(Token);
        Assert.Equal("a", await next.CallAsync(new Query(), Token));
    }

    [Theory]
    [InlineData(LateEndBehavior.Remove, 0)]
    [InlineData(LateEndBehavior.Keep, 1)]
    public async Task A_fault_removes_or_keeps_a_key_as_OnFault_specifies(LateEndBehavior onFault, int keys)
    {
        await using var host = new SupervisedHost(supervise: options => options.OnFault = onFault);
        await host.StartAsync();
        host.Log.IsBroken = static _ => true;
        var client = await host.StartAsync("a");

        await SupervisedHost.StateAsync(client, LateConnectionState.Faulted);
        await SupervisedHost.UntilAsync(() => host.Devices.Connections.Count == keys);

        Assert.True(await host.Devices.StopAsync("a", Token) == (keys == 1));
        Assert.Empty(host.Devices.Connections);
    }

    [Fact]
    public async Task A_connection_restarts_with_a_new_handler_made_in_the_same_way_and_growing_delays()
    {
        await using var host = new SupervisedHost(
            options => options.Reconnect.MaxDelay = TimeSpan.FromSeconds(5), options => options.OnFault = LateEndBehavior.Restart);
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

    [Theory]
    [InlineData(LateEndBehavior.Remove)]
    [InlineData(LateEndBehavior.Keep)]
    [InlineData(LateEndBehavior.Restart)]
    public async Task P15_a_watcher_of_a_faulted_connection_is_notified_when_nothing_of_it_is_left(LateEndBehavior onFault)
    {
        await using var host = new SupervisedHost(supervise: options => options.OnFault = onFault);
        await host.StartAsync();
        host.Log.IsBroken = static _ => true;
        var client = await host.StartAsync("a");
        await SupervisedHost.StateAsync(client, LateConnectionState.Faulted);
        host.Log.IsBroken = static _ => false;
        if (onFault == LateEndBehavior.Keep)
        {
            await host.StartAsync("a");
        }
        else if (onFault == LateEndBehavior.Restart)
        {
            host.Clock.AdvanceTo(host.Clock.GetUtcNow() + await NextDelayAsync(host, 1));
        }

        var last = default(LateConnectionState);
        await foreach (var status in client.WatchAsync(Token))
        {
            last = status.State;
        }

        Assert.Equal(LateConnectionState.Faulted, last);
    }

    [Fact]
    public async Task A_key_that_was_started_by_hand_meanwhile_is_not_restarted_whatever_its_options_are_then()
    {
        var isWrong = false;
        await using var host = new SupervisedHost(supervise: options => options.OnFault = LateEndBehavior.Restart);
        await host.StartAsync();
        host.Log.IsBroken = static _ => true;
        await host.StartAsync("a", options => options.MailboxCapacity = isWrong ? 0 : 1);
        var delay = await NextDelayAsync(host, 1);
        host.Log.IsBroken = static _ => false;
        await host.ReadyAsync("a");
        isWrong = true;
        host.Clock.Advance(delay);
        await host.Devices.StopAsync("a", Token);

        Assert.DoesNotContain(host.Logs.GetSnapshot(), static record => record.Id.Name == "RestartFailed");
    }

    [Fact]
    public async Task The_delays_of_starting_again_start_over_after_a_connection_that_has_lasted_and_not_after_a_long_delay()
    {
        await using var host = new SupervisedHost(
            options => (options.Reconnect.MaxDelay, options.Reconnect.StableAfter) = (TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(2)),
            options => options.OnFault = LateEndBehavior.Restart);
        await host.StartAsync();
        host.Log.IsBroken = static _ => true;
        await host.StartAsync("a");
        var delay = TimeSpan.Zero;
        foreach (var (number, most) in new[] { 0.5, 1, 2, 4, 5, 5 }.Index())
        {
            delay = await NextDelayAsync(host, number + 1);
            Assert.InRange(delay.TotalSeconds, (most / 2) - 0.001, most);
            host.Log.IsBroken = _ => number < 5;
            host.Clock.AdvanceTo(host.Clock.GetUtcNow() + delay);
        }

        await SupervisedHost.UntilAsync(() => host.Peers["a"].Attempts == 1);
        var attempt = await host.Peers["a"].NextAttemptAsync();
        host.Clock.Advance(TimeSpan.FromSeconds(2));
        host.Log.IsBroken = static _ => true;
        attempt.Refuse(HttpStatusCode.Forbidden);

        Assert.InRange((await NextDelayAsync(host, 7)).TotalSeconds, 0.249, 0.5);
    }

    [Fact]
    public async Task A_connection_that_restarts_again_and_again_keeps_nothing_of_what_it_has_been()
    {
        await using var host = new SupervisedHost(
            options => options.Reconnect.MaxDelay = TimeSpan.FromSeconds(1), options => options.OnFault = LateEndBehavior.Restart);
        await host.StartAsync();
        host.Log.IsBroken = static _ => true;
        await host.StartAsync("a");
        var lives = new Lives();
        for (var restart = 1; restart <= 50; restart++)
        {
            await NextDelayAsync(host, restart);
            Note(host, lives);
            host.Clock.AdvanceTo(host.Clock.NextDue!.Value);
        }

        await NextDelayAsync(host, 51);

        // The last few may still be in the hands of what has just run.
        Assert.InRange(lives.CountAlive(), 0, 5);
    }

    [Fact]
    public async Task P5_a_wait_for_a_connection_whose_handler_could_not_be_made_again_ends_when_its_key_is_stopped()
    {
        await using var host = new SupervisedHost(supervise: options => options.OnFault = LateEndBehavior.Restart);
        await host.StartAsync();
        host.Log.IsBroken = static _ => true;
        await host.StartAsync("a");
        await NextDelayAsync(host, 1);
        host.Log.CannotBeMade = true;
        host.Clock.AdvanceTo(host.Clock.NextDue!.Value);
        await NextDelayAsync(host, 2);
        Assert.True(host.Devices.TryGet("a", out var client));
        var waiting = client.WaitForReadyAsync(Token);
        var sending = client.SendAsync(LateFrame.Text("x"), Token).AsTask();
        Assert.True(await host.Devices.StopAsync("a", Token));

        await Assert.ThrowsAsync<LateStoppedException>(() => waiting);
        await Assert.ThrowsAsync<LateStoppedException>(() => sending);
    }

    [Fact]
    public async Task A_key_that_waits_for_its_next_start_can_be_stopped()
    {
        await using var host = new SupervisedHost(supervise: options => options.OnFault = LateEndBehavior.Restart);
        await host.StartAsync();
        host.Log.IsBroken = static _ => true;
        await host.StartAsync("a");
        await NextDelayAsync(host, 1);

        Assert.True(await host.Devices.StopAsync("a", Token));
        await SupervisedHost.UntilAsync(() => host.Clock.NextDue is null);

        Assert.Empty(host.Devices.Connections);
        Assert.Single(host.Log.Lines, "Init a of Device/a");
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Note(SupervisedHost host, Lives lives) => lives.Add(host.Devices.Connections["a"]);

    /// <summary>How long the connection that has ended waits for its next start; the clock may be advanced then.</summary>
    private static async Task<TimeSpan> NextDelayAsync(SupervisedHost host, int restart)
    {
        // No other timer is set then.
        await SupervisedHost.UntilAsync(() => host.Logs.GetSnapshot().Count(static record => record.Id.Name == "Restarts") == restart && host.Clock.NextDue is not null);
        return host.Clock.NextDue!.Value - host.Clock.GetUtcNow();
    }
}
