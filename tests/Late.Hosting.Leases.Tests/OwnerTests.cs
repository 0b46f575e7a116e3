using Late.Hosting.Leases.Tests.Support;
using Late.Hosting.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Late.Hosting.Leases.Tests;

/// <summary>Promise P21, one owner: two hosts with one lease, of which one connects.</summary>
public sealed class OwnerTests
{
    private readonly LateTestClock _clock = new();
    private readonly MemoryStore _store;

    public OwnerTests() => _store = new MemoryStore(_clock);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task P21_A_host_that_acquires_the_lease_connects_and_its_handler_has_the_token()
    {
        await using var host = new LeasedHost(_store, _clock);
        var session = await host.ReadyAsync();

        Assert.Equal("Acquire", (await _store.NextAsync()).Operation);
        session.Send("a");
        await session.ExpectAsync("re a");
        Assert.DoesNotContain(host.Client.Status.ToString(), "Standby", StringComparison.Ordinal);
    }

    [Fact]
    public async Task P21_A_host_without_the_lease_stands_by_which_is_healthy_and_counts_as_started()
    {
        _store.Grant(LeasedHost.Lease, TimeSpan.FromMinutes(1));
        await using var host = new LeasedHost(_store, _clock, static options => options.Startup = LateStartupMode.WaitForReady);
        await host.StartAsync();

        Assert.Equal((LateConnectionState.Standby, "Another owner has the lease 'feed'."), (host.Client.State, host.Client.Status.Reason));
        var report = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(Token);
        Assert.Equal(HealthStatus.Healthy, report.Status);
        Assert.Equal(0, host.Peer.Attempts);
        var info = Assert.Single(host.Services.GetRequiredService<ILateConnectionDirectory>().GetConnections());
        Assert.Null(info.GetStatistics().NotReadySince);
        Assert.Equal(0, info.GetStatistics().Lives);
    }

    [Fact] // FailFast fails the host by a failed attempt, and there is none.
    public async Task A_host_that_fails_fast_starts_without_the_lease()
    {
        _store.Grant(LeasedHost.Lease, TimeSpan.FromMinutes(1));
        await using var host = new LeasedHost(_store, _clock, static options => options.Startup = LateStartupMode.FailFast);
        await host.StartAsync();
        Assert.Equal(LateConnectionState.Standby, host.Client.State);
    }

    [Fact]
    public async Task P7_While_it_stands_by_posts_wait_or_fail_as_before_ready()
    {
        _store.Grant(LeasedHost.Lease, TimeSpan.FromMinutes(1));
        await using var host = new LeasedHost(_store, _clock);
        await host.StartAsync();
        await host.StateAsync(LateConnectionState.Standby);

        var waiting = host.Client.PostAsync("waits", new LatePostOptions { Timeout = Timeout.InfiniteTimeSpan }, Token).AsTask();
        var failed = await Assert.ThrowsAsync<LateDisconnectedException>(
            () => host.Client.PostAsync("fails", new LatePostOptions { WhenNotReady = LateWhenNotReady.Fail }, Token).AsTask());
        Assert.Contains("is Standby since", failed.Message, StringComparison.Ordinal);
        Assert.Equal(LateDelivery.NotDelivered, failed.Delivery);

        _store.Free(LeasedHost.Lease);
        await host.AskAgainAsync();
        var session = await host.AcceptAsync();
        await session.ExpectAsync("waits");
        await waiting;
    }

    [Theory] // The owner was killed: within the time to live, and no interval later.
    [InlineData(0.3, 0.301)]
    [InlineData(0.01, 0.05)] // A store that counts wrongly is not asked without end.
    [InlineData(-1, 0.05)]
    public async Task P21_A_host_asks_when_the_lease_of_the_other_owner_has_ended(double left, double asks)
    {
        _store.LeftOf = _ => TimeSpan.FromSeconds(left);
        _store.Grant(LeasedHost.Lease, TimeSpan.FromSeconds(asks));
        await using var host = new LeasedHost(_store, _clock);
        await host.StartAsync();
        await host.StateAsync(LateConnectionState.Standby);
        await _store.NextAsync("Acquire");

        await host.AdvanceToTimerAsync(asks);
        await host.AcceptAsync();
    }

    [Fact]
    public async Task P21_When_the_owner_stops_it_sends_its_goodbye_and_the_other_host_connects_with_a_greater_token()
    {
        await using var owner = new LeasedHost(_store, _clock);
        var session = await owner.ReadyAsync();
        await using var other = new LeasedHost(_store, _clock);
        await other.StartAsync();
        await other.StateAsync(LateConnectionState.Standby);

        await owner.StopAsync();
        await session.ExpectAsync("bye");
        await session.ExpectCloseAsync(LateCloseCode.NormalClosure);
        await owner.Trace.ExpectAsync("Closing HostStopping", "Disconnect HostStopping", "Terminate HostStopping");
        Assert.Null(_store.Held(LeasedHost.Lease));

        await other.AskAgainAsync();
        await other.AcceptAsync();
        await other.Trace.ExpectAsync("Init", "Connecting feed 2");
    }

    [Fact] // What the last life does when it ends, the next owner must not do at the same time.
    public async Task P21_The_lease_is_renewed_while_the_connection_stops_and_released_after_its_last_callback()
    {
        await using var host = new LeasedHost(_store, _clock, static options => options.CallbackGracePeriod = TimeSpan.FromMinutes(1));
        var terminating = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        host.Trace.Terminating = terminating.Task;
        await host.ReadyAsync();
        await _store.NextAsync("Acquire");
        var stopping = host.StopAsync();
        await host.Trace.ExpectAsync("Closing HostStopping", "Disconnect HostStopping", "Terminate HostStopping");

        for (var i = 0; i < 3; i++)
        {
            await host.AdvanceToRenewalAsync();
            Assert.Equal("Renew", (await _store.NextAsync()).Operation);
        }

        Assert.NotNull(_store.Held(LeasedHost.Lease));
        terminating.SetResult();
        await stopping;
        Assert.Equal("Release", (await _store.NextAsync()).Operation);
        Assert.Null(_store.Held(LeasedHost.Lease));
    }

    [Fact]
    public async Task A_host_that_stands_by_stops_without_a_callback()
    {
        _store.Grant(LeasedHost.Lease, TimeSpan.FromMinutes(1));
        await using var host = new LeasedHost(_store, _clock);
        await host.StartAsync();
        await host.StateAsync(LateConnectionState.Standby);
        await host.StopAsync();

        Assert.Equal(LateConnectionState.Stopped, host.Client.State);
        await host.LoggedAsync("Stopped");
        host.Trace.Write("nothing");
        await host.Trace.ExpectAsync("nothing");
    }

    [Fact]
    public async Task P15_A_faulted_owner_releases_the_lease_and_asks_for_it_before_its_next_life()
    {
        await using var owner = new LeasedHost(_store, _clock);
        var session = await owner.ReadyAsync();
        await _store.NextAsync("Acquire");
        session.Send("fault");
        await session.ExpectCloseAsync(LateCloseCode.InternalError);
        await _store.NextAsync("Release");
        Assert.Equal(LateConnectionState.Faulted, owner.Client.State);

        await using var other = new LeasedHost(_store, _clock);
        await other.StartAsync();
        await other.AcceptAsync();
        await _store.NextAsync("Acquire");

        await owner.Client.ReconnectAsync("The cause is fixed.", Token);
        await _store.NextAsync("Acquire");
        await owner.StateAsync(LateConnectionState.Standby);
        await other.StopAsync();
        await owner.AskAgainAsync();
        await owner.AcceptAsync();
        await owner.Trace.ExpectAsync("Disconnect HandlerFaulted", "Terminate Faulted", "Init", "Connecting feed 3");
    }

    [Fact]
    public async Task A_reconnect_that_is_requested_while_it_stands_by_is_what_follows_anyway()
    {
        _store.Grant(LeasedHost.Lease, TimeSpan.FromMinutes(1));
        await using var host = new LeasedHost(_store, _clock);
        await host.StartAsync();
        await host.StateAsync(LateConnectionState.Standby);
        await host.Client.ReconnectAsync("Wanted.", Token);
        Assert.Equal(LateConnectionState.Standby, host.Client.State);

        var delayed = Assert.Throws<LateDisconnectedException>(() => host.Client.PostAfter(TimeSpan.FromSeconds(1), "late", new LatePostOptions { RunsWithoutSession = true }));
        Assert.Contains("is Standby since", delayed.Message, StringComparison.Ordinal);
    }
}
