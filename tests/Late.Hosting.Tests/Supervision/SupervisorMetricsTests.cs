using System.Net;
using Late.Hosting.Tests.Support;

namespace Late.Hosting.Tests.Supervision;

/// <summary>What supervisors and budgets measure: as many series for ten thousand connections as for one.</summary>
public sealed class SupervisorMetricsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Connections_of_a_supervisor_are_measured_under_its_name_as_sums()
    {
        await using var host = new SupervisedHost();
        using var probe = new MetricProbe(host.Services, LateTelemetry.ConnectionState, LateTelemetry.MailboxDepth, LateTelemetry.ConnectionAttempts);
        await host.StartAsync();
        await host.ReadyAsync("1");
        await host.ReadyAsync("2");
        await host.StartAsync("3");
        await host.Peers["3"].NextAttemptAsync();
        probe.Collect();

        Assert.Equal(
            [
                "late.connection.attempts 1 late.connection.name=Device late.attempt.outcome=connected",
                "late.connection.attempts 1 late.connection.name=Device late.attempt.outcome=connected",
                "late.connection.state 0 late.connection.name=Device late.connection.state=not_started",
                "late.connection.state 1 late.connection.name=Device late.connection.state=connecting",
                "late.connection.state 0 late.connection.name=Device late.connection.state=connected",
                "late.connection.state 2 late.connection.name=Device late.connection.state=ready",
                "late.connection.state 0 late.connection.name=Device late.connection.state=reconnecting",
                "late.connection.state 0 late.connection.name=Device late.connection.state=stopping",
                "late.connection.state 0 late.connection.name=Device late.connection.state=stopped",
                "late.connection.state 0 late.connection.name=Device late.connection.state=faulted",
                "late.connection.state 0 late.connection.name=Device late.connection.state=standby",
                "late.mailbox.depth 0 late.connection.name=Device",
            ],
            probe.All);
    }

    [Fact]
    public async Task What_is_counted_does_not_fall_when_connections_are_stopped_or_replaced()
    {
        await using var host = new SupervisedHost(supervise: static options => options.OnStop = LateEndBehavior.Keep);
        using var probe = new MetricProbe(host.Services, LateTelemetry.ConnectionFrames);
        await host.StartAsync();
        await ReceiveAndStopAsync(host, "1");
        await host.Devices.StopAsync("1", Token);
        await ReceiveAndStopAsync(host, "2");
        await host.ReadyAsync("2");
        probe.Collect();

        Assert.Equal(
            [
                "late.connection.frames 2 late.connection.name=Device network.io.direction=receive",
                "late.connection.frames 0 late.connection.name=Device network.io.direction=transmit",
            ],
            probe.All);
    }

    [Fact]
    public async Task Each_connection_can_be_measured_under_its_own_name()
    {
        await using var host = new SupervisedHost(settings: new() { ["Late:Supervisors:Device:MetricsPerConnection"] = "true" });
        using var probe = new MetricProbe(host.Services, LateTelemetry.MailboxDepth, LateTelemetry.ConnectionAttempts);
        await host.StartAsync();
        await host.ReadyAsync("1");
        await host.ReadyAsync("2");
        probe.Collect();

        Assert.Equal(
            [
                "late.connection.attempts 1 late.connection.name=Device/1 late.attempt.outcome=connected",
                "late.connection.attempts 1 late.connection.name=Device/2 late.attempt.outcome=connected",
                "late.mailbox.depth 0 late.connection.name=Device/1",
                "late.mailbox.depth 0 late.connection.name=Device/2",
            ],
            probe.All);
    }

    [Fact]
    public async Task A_budget_reports_how_many_wait_and_how_often_all_had_to()
    {
        await using var host = new SupervisedHost(
            build: static devices => devices.UseConnectBudget("hub"), settings: new() { ["Late:Budgets:hub:Concurrency"] = "1" });
        using var probe = new MetricProbe(host.Services, LateTelemetry.BudgetWaiting, LateTelemetry.BudgetPauses);
        await host.StartAsync();
        await host.StartAsync("1");
        var attempt = await host.Peers["1"].NextAttemptAsync();
        var second = await host.StartAsync("2");
        await SupervisedHost.StateAsync(second, LateConnectionState.Connecting);
        probe.Collect();
        attempt.Refuse(HttpStatusCode.TooManyRequests);
        await SupervisedHost.StateAsync(host.Devices.Connections["1"], LateConnectionState.Reconnecting);
        probe.Collect();

        Assert.Equal(
            [
                "late.budget.waiting 1 late.budget.name=hub",
                "late.budget.pauses 0 late.budget.name=hub",
                "late.budget.waiting 1 late.budget.name=hub",
                "late.budget.pauses 1 late.budget.name=hub",
            ],
            probe.All);
    }

    private static async Task ReceiveAndStopAsync(SupervisedHost host, string key)
    {
        var (client, session) = await host.ReadyAsync(key);
        session.Send("stop");
        await session.ExpectCloseAsync(1000);
        session.Close(1000, "");
        await SupervisedHost.StateAsync(client, LateConnectionState.Stopped);
    }
}
