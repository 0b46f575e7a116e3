using System.Net;
using Late.Hosting.Tests.Supervision;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Late.Hosting.Tests.Observability;

/// <summary>One check for all connections that a supervisor has started.</summary>
public sealed class SupervisorHealthTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_supervisor_is_healthy_without_connections_and_while_all_are_ready()
    {
        await using var host = Checked();
        await host.StartAsync();
        var empty = await CheckAsync(host);
        await host.ReadyAsync("1");
        await host.ReadyAsync("2");
        var ready = await CheckAsync(host);

        Assert.Equal((HealthStatus.Healthy, "Device has 0 connections."), (empty.Status, empty.Description));
        Assert.Equal((HealthStatus.Healthy, "Device has 2 connections: 2 Ready."), (ready.Status, ready.Description));
        Assert.Equal(
            [
                ("connected", 0), ("connecting", 0), ("connections", 2), ("faulted", 0), ("not_started", 0), ("ready", 2),
                ("reconnecting", 0), ("standby", 0), ("stopped", 0), ("stopping", 0), ("supervisor", "Device"),
            ],
            ready.Data.OrderBy(static pair => pair.Key).Select(static pair => (pair.Key, pair.Value)));
    }

    [Fact]
    public async Task Connections_that_are_away_degrade_it_and_too_many_for_too_long_make_it_unhealthy()
    {
        await using var host = Checked();
        await host.StartAsync();
        await host.ReadyAsync("1");
        await host.StartAsync("2");
        await host.Peers["2"].NextAttemptAsync();
        var one = await CheckAsync(host);

        // Its time begins with its start.
        host.Clock.Advance(TimeSpan.FromSeconds(5));
        await host.StartAsync("3");
        await host.Peers["3"].NextAttemptAsync();
        host.Clock.Advance(TimeSpan.FromSeconds(9));
        var half = await CheckAsync(host);
        host.Clock.Advance(TimeSpan.FromSeconds(1));
        var degraded = await CheckAsync(host);
        host.Clock.Advance(TimeSpan.FromSeconds(5));
        var unhealthy = await CheckAsync(host);
        await host.Devices.StopAsync("3", Token);
        var stopped = await CheckAsync(host);

        Assert.Equal((HealthStatus.Degraded, "Device has 2 connections: 1 Connecting, 1 Ready. Device/2 is Connecting since 2026-01-01 00:00:00Z: Attempt 1 is in progress."), (one.Status, one.Description));
        Assert.Equal([HealthStatus.Degraded, HealthStatus.Degraded, HealthStatus.Unhealthy, HealthStatus.Degraded], [half.Status, degraded.Status, unhealthy.Status, stopped.Status]);
    }

    [Fact]
    public async Task It_names_three_that_have_been_away_for_the_longest_time()
    {
        await using var host = Checked();
        await host.StartAsync();
        for (var i = 5; i > 0; i--)
        {
            await host.StartAsync($"{i}");
            await host.Peers[$"{i}"].NextAttemptAsync();
            host.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        var description = (await CheckAsync(host)).Description!;
        Assert.StartsWith("Device has 5 connections: 5 Connecting. Device/5 is Connecting since 2026-01-01 00:00:00Z: ", description, StringComparison.Ordinal);
        Assert.Equal(["Device/5", "Device/4", "Device/3"], description.Split(' ').Where(static word => word.StartsWith("Device/", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(0.5, HealthStatus.Healthy, HealthStatus.Unhealthy)]
    [InlineData(1.0, HealthStatus.Unhealthy, HealthStatus.Unhealthy)]
    [InlineData(0.0, HealthStatus.Healthy, HealthStatus.Healthy)]
    public async Task Only_too_many_faults_and_only_by_choice_report_that_the_application_is_dead(double share, HealthStatus one, HealthStatus two)
    {
        await using var host = Checked(options => (options.RestartWhenFaulted, options.MinReadyShare) = (true, share));
        await host.StartAsync();
        await host.ReadyAsync("1");
        await FaultAsync(host, "2");
        var first = await CheckAsync(host, "Late:Device:Live");
        await FaultAsync(host, "3");
        var second = await CheckAsync(host, "Late:Device:Live");

        Assert.Equal([one, two], [first.Status, second.Status]);
        Assert.Equal(two == HealthStatus.Healthy ? HealthStatus.Degraded : HealthStatus.Unhealthy, (await CheckAsync(host)).Status);
    }

    [Theory]
    [InlineData("Device", HealthStatus.Healthy)]
    [InlineData("device", HealthStatus.Healthy)]
    [InlineData("Device/1", HealthStatus.Healthy)]
    [InlineData("DEVICE/1", HealthStatus.Healthy)]
    [InlineData("Device/2", HealthStatus.Unhealthy)]
    public async Task A_supervisor_or_one_of_its_connections_can_be_checked_by_name(string name, HealthStatus expected)
    {
        await using var host = new SupervisedHost(build: devices => devices.Services.AddHealthChecks().AddLateConnection(name));
        await host.StartAsync();
        await host.ReadyAsync("1");

        Assert.Equal(expected, (await CheckAsync(host, $"Late:{name}")).Status);
    }

    [Fact]
    public void A_share_is_from_0_to_1() => Assert.Throws<ArgumentOutOfRangeException>(() =>
        new ServiceCollection().AddHealthChecks().AddLateConnections(static options => options.MinReadyShare = 50));

    private static SupervisedHost Checked(Action<LateHealthOptions>? configure = null) => new(
        static options => options.ConnectTimeout = TimeSpan.FromHours(1),
        build: devices => devices.Services.AddHealthChecks().AddLateConnections(options =>
        {
            options.GracePeriod = TimeSpan.FromSeconds(15);
            configure?.Invoke(options);
        }));

    private static async Task FaultAsync(SupervisedHost host, string key)
    {
        var client = await host.StartAsync(key);
        (await host.Peers[key].NextAttemptAsync()).Refuse(HttpStatusCode.Unauthorized);
        await SupervisedHost.StateAsync(client, LateConnectionState.Faulted);
    }

    private static async Task<HealthReportEntry> CheckAsync(SupervisedHost host, string name = "Late:Device") =>
        (await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(Token)).Entries[name];
}
