using System.Net;
using Late.Hosting.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Late.Hosting.Tests.Observability;

public sealed class HealthTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_connection_is_unhealthy_until_it_is_ready_for_the_first_time()
    {
        await using var host = Checked();
        var before = await CheckAsync(host, "Late:Forwarding");
        await host.StartAsync();
        var attempt = await host.Transport.AttemptAsync();
        var connecting = await CheckAsync(host, "Late:Forwarding");
        attempt.Accept();
        await host.Client.WaitForReadyAsync(Token);
        var ready = await CheckAsync(host, "Late:Forwarding");

        Assert.Equal([HealthStatus.Unhealthy, HealthStatus.Unhealthy, HealthStatus.Healthy], [before.Status, connecting.Status, ready.Status]);
        Assert.Equal("Forwarding is Connecting since 2026-01-01 00:00:00Z: Attempt 1 is in progress. It has not been ready for 0 s.", connecting.Description);
        Assert.Equal("Ready", ready.Data["state"]);
        Assert.Equal(host.Client.Status.Since, ready.Data["since"]);
        Assert.DoesNotContain("nextAttempt", ready.Data.Keys);
    }

    [Fact]
    public async Task A_lost_connection_is_degraded_for_the_grace_period_then_unhealthy_and_healthy_when_it_is_back()
    {
        await using var host = Checked(new ScriptedHandler
        {
            Disconnect = (_, state, _) => LateDisconnectResult.ReconnectAfter(state, TimeSpan.FromMinutes(1)),
        });
        var socket = await host.ReadyAsync();
        host.Time.Advance(TimeSpan.FromSeconds(5));
        socket.Drop();
        var at = await host.WaitingUntilAsync();
        await host.Time.TimerAsync(at);
        host.Time.Advance(TimeSpan.FromSeconds(29.9));
        var degraded = await CheckAsync(host, "Late:Forwarding");
        host.Time.Advance(TimeSpan.FromSeconds(0.1));
        var unhealthy = await CheckAsync(host, "Late:Forwarding");
        await host.NextAttemptAsync();
        await host.Transport.AcceptAsync();
        await host.Client.WaitForReadyAsync(Token);
        var healthy = await CheckAsync(host, "Late:Forwarding");

        Assert.Equal([HealthStatus.Degraded, HealthStatus.Unhealthy, HealthStatus.Healthy], [degraded.Status, unhealthy.Status, healthy.Status]);
        Assert.Equal(
            "Forwarding is Reconnecting since 2026-01-01 00:00:05Z: The connection broke. It has not been ready for 30 s. Attempt 2 begins at 2026-01-01 00:01:05Z, in 30 s.",
            unhealthy.Description);
        Assert.Equal(
            [("attempt", 1), ("connection", "Forwarding"), ("nextAttempt", at), ("since", at.AddMinutes(-1)), ("state", "Reconnecting")],
            unhealthy.Data.OrderBy(static pair => pair.Key).Select(static pair => (pair.Key, pair.Value)));
    }

    [Fact]
    public async Task The_description_of_a_refused_connection_has_its_name_once()
    {
        await using var host = Checked();
        var socket = await host.ReadyAsync();
        socket.Drop();
        await host.NextAttemptAsync();
        (await host.Transport.AttemptAsync()).Refuse(HttpStatusCode.ServiceUnavailable, TimeSpan.FromSeconds(10));
        await host.WaitingUntilAsync();

        var description = (await CheckAsync(host, "Late:Forwarding")).Description!;
        Assert.Contains(": It could not connect: it was refused", description, StringComparison.Ordinal);
        Assert.Equal(2, description.Split("Forwarding").Length);
    }

    [Fact]
    public async Task The_grace_period_counts_over_all_attempts()
    {
        await using var host = Checked(configure: static health => health.GracePeriod = TimeSpan.FromSeconds(3));
        var socket = await host.ReadyAsync();
        socket.Drop();
        await host.NextAttemptAsync();
        (await host.Transport.AttemptAsync()).Refuse(HttpStatusCode.ServiceUnavailable, TimeSpan.FromSeconds(10));
        await host.WaitingUntilAsync();
        host.Time.Advance(TimeSpan.FromSeconds(3));

        Assert.True(host.Time.GetUtcNow() - host.Client.Status.Since < TimeSpan.FromSeconds(3.1));
        Assert.Equal(HealthStatus.Unhealthy, (await CheckAsync(host, "Late:Forwarding")).Status);
    }

    [Theory]
    [InlineData(false, HealthStatus.Healthy)]
    [InlineData(true, HealthStatus.Unhealthy)]
    public async Task Only_a_fault_and_only_by_choice_reports_that_the_application_is_dead(bool restartWhenFaulted, HealthStatus whenFaulted)
    {
        await using var host = Checked(configure: health => health.RestartWhenFaulted = restartWhenFaulted);
        await host.StartAsync();
        (await host.Transport.AttemptAsync()).Refuse(HttpStatusCode.ServiceUnavailable);
        await host.WaitingUntilAsync();
        var lost = await ReportAsync(host, "live");
        await host.NextAttemptAsync();
        (await host.Transport.AttemptAsync()).Refuse(HttpStatusCode.Unauthorized);
        await host.StateAsync(LateConnectionState.Faulted);

        Assert.Equal(HealthStatus.Healthy, lost.Status);
        Assert.Equal(whenFaulted, (await ReportAsync(host, "live")).Status);
        Assert.Equal(HealthStatus.Unhealthy, (await ReportAsync(host, "ready")).Status);
    }

    [Fact]
    public async Task A_connection_is_checked_once_and_by_the_first_that_names_it()
    {
        await using var host = new TestHost(build: static connection =>
        {
            connection.Services.AddHealthChecks()
                .AddLateConnection("Forwarding", static health => health.RestartWhenFaulted = true)
                .AddLateConnections(static health => health.GracePeriod = TimeSpan.FromMinutes(1))
                .AddLateConnection("Other");
            connection.Services.AddLateConnection<ForwardingHandler>("Second", static options => options.Uri = new Uri("ws://feed.example"));
        });
        var report = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(Token);

        Assert.Equal(["Late:Forwarding", "Late:Forwarding:Live", "Late:Other", "Late:Second"], report.Entries.Keys.Order());
        Assert.Contains("There is no connection 'Other'", report.Entries["Late:Other"].Exception!.Message, StringComparison.Ordinal);
    }

    private static TestHost Checked(ScriptedHandler? handler = null, Action<LateHealthOptions>? configure = null) =>
        new(handler, build: connection => connection.Services.AddHealthChecks().AddLateConnections(configure));

    private static async Task<HealthReportEntry> CheckAsync(TestHost host, string name) => (await ReportAsync(host, "ready")).Entries[name];

    private static Task<HealthReport> ReportAsync(TestHost host, string tag) =>
        host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(check => check.Tags.Contains(tag), Token);
}
