using System.Collections.Concurrent;
using System.Net;
using Late.Hosting.Budgets;
using Late.Hosting.Tests.Supervision;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Late.Hosting.Tests.Budgets;

/// <summary>Connections that share a budget of attempts.</summary>
public sealed class BudgetedConnectionsTests
{
    private static readonly TimeSpan s_life = TimeSpan.FromMinutes(1);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_waiting_attempt_is_visible_and_its_time_to_connect_begins_with_its_permit()
    {
        await using var host = Create(new() { ["Late:Budgets:hub:PerSecond"] = "0.01" });
        await host.StartAsync();
        await host.ReadyAsync("a");
        var b = await host.StartAsync("b");
        await ReasonAsync(b, "Attempt 1 waits for the connect budget 'hub'.");

        host.Clock.Advance(TimeSpan.FromSeconds(99)); // ConnectTimeout is 10 seconds.
        Assert.Equal((LateConnectionState.Connecting, 0), (b.State, host.Peers["b"].Attempts));
        host.Clock.Advance(TimeSpan.FromSeconds(1));
        await host.Peers["b"].AcceptAsync();
        await b.WaitForReadyAsync(Token);
    }

    [Fact]
    public async Task P9_a_connection_that_waits_for_its_permit_stops_immediately_and_the_next_takes_its_place()
    {
        await using var host = Create(new() { ["Late:Budgets:hub:Concurrency"] = "1" });
        await host.StartAsync();
        await host.StartAsync("a");
        var attempt = await host.Peers["a"].NextAttemptAsync();
        var b = await host.StartAsync("b");
        await ReasonAsync(b, "Attempt 1 waits for the connect budget 'hub'.");
        var c = await host.StartAsync("c");
        await ReasonAsync(c, "Attempt 1 waits for the connect budget 'hub'.");

        await host.Devices.StopAsync("b", Token);
        attempt.Accept();

        await host.Peers["c"].AcceptAsync();
        Assert.Equal(0, host.Peers["b"].Attempts);
    }

    [Theory]
    [InlineData(HttpStatusCode.TooManyRequests)]
    [InlineData(HttpStatusCode.ServiceUnavailable)]
    public async Task P10_no_connection_of_the_group_attempts_before_the_Retry_After_of_one_has_passed(HttpStatusCode status)
    {
        await using var host = Create(new() { ["Late:Budgets:hub:PerSecond"] = "10", ["Late:Budgets:hub:Burst"] = "10" });
        await host.StartAsync();
        var refused = await host.StartAsync("refused");
        (await host.Peers["refused"].NextAttemptAsync()).Refuse(status, TimeSpan.FromSeconds(30));
        await ReasonAsync(refused, "30 s");
        await host.Devices.StopAsync("refused", Token);
        var attempts = new ConcurrentQueue<string>();
        host.Peers.OnAttempt((key, _) => attempts.Enqueue(key));
        for (var i = 0; i < 20; i++)
        {
            await ReasonAsync(await host.StartAsync($"{i}"), "waits for the connect budget");
        }

        host.Clock.Advance(TimeSpan.FromSeconds(29.999));
        Assert.Empty(attempts);
        host.Clock.Advance(TimeSpan.FromSeconds(0.001));
        for (var i = 0; i < 20; i++)
        {
            // One each tenth of a second, in the order in which they came.
            await SupervisedHost.UntilAsync(() => attempts.Count > i);
            Assert.Equal(Enumerable.Range(0, i + 1).Select(static number => $"{number}"), attempts);
            host.Clock.Advance(TimeSpan.FromSeconds(0.1));
        }
    }

    [Fact]
    public async Task A_next_connection_that_is_made_first_waits_for_its_permit_and_the_switch_needs_no_other()
    {
        await using var host = Create(new() { ["Late:Budgets:hub:PerSecond"] = "0.01" }, static options => Rotate(options, LateReconnectOrder.ConnectFirst));
        await host.StartAsync();
        var (client, old) = await host.ReadyAsync("a");
        host.Clock.Advance(s_life);
        Assert.Equal(1, Budget(host).Waiting);

        host.Clock.Advance(TimeSpan.FromSeconds(39.999));
        Assert.Equal((LateConnectionState.Ready, 1), (client.State, host.Peers["a"].Attempts));
        host.Clock.Advance(TimeSpan.FromSeconds(0.001));
        var next = await host.Peers["a"].AcceptAsync();
        await old.ExpectCloseAsync(1000);
        await next.WaitUntilReadyAsync();

        Assert.Equal(2, host.Peers["a"].Attempts);
    }

    [Fact]
    public async Task P10_a_refusal_of_a_next_connection_that_is_made_first_holds_the_whole_group()
    {
        await using var host = Create(new() { ["Late:Budgets:hub:Concurrency"] = "1" }, static options => Rotate(options, LateReconnectOrder.ConnectFirst));
        await host.StartAsync();
        var (client, _) = await host.ReadyAsync("a");
        host.Clock.Advance(s_life);
        (await host.Peers["a"].NextAttemptAsync()).Refuse(HttpStatusCode.TooManyRequests, TimeSpan.FromSeconds(100));
        await LoggedAsync(host, "RotationFailed");
        var b = await host.StartAsync("b");
        await ReasonAsync(b, "waits for the connect budget");

        host.Clock.Advance(TimeSpan.FromSeconds(99.999));
        Assert.Equal((LateConnectionState.Ready, 2, 0), (client.State, host.Peers["a"].Attempts, host.Peers["b"].Attempts));
        host.Clock.Advance(TimeSpan.FromSeconds(0.001));
        await host.Peers["b"].AcceptAsync();

        // The other comes with the jitter of one that the server has delayed.
        host.Clock.Advance(TimeSpan.FromSeconds(0.25));
        await host.Peers["a"].AcceptAsync();
    }

    [Fact]
    public async Task A_session_that_is_closed_first_waits_for_the_permit_of_the_next()
    {
        await using var host = Create(new() { ["Late:Budgets:hub:PerSecond"] = "0.01" }, static options => Rotate(options, LateReconnectOrder.CloseFirst));
        await host.StartAsync();
        var (client, old) = await host.ReadyAsync("a");
        host.Clock.Advance(s_life);
        await old.ExpectCloseAsync(1000);
        await ReasonAsync(client, "waits for the connect budget");

        host.Clock.Advance(TimeSpan.FromSeconds(39.999));
        Assert.Equal(1, host.Peers["a"].Attempts);
        host.Clock.Advance(TimeSpan.FromSeconds(0.001));
        await host.Peers["a"].AcceptAsync();
        await client.WaitForReadyAsync(Token);
    }

    [Fact]
    public async Task P13_a_budget_that_allows_everything_or_nothing_stops_the_host_at_its_start()
    {
        await using var host = Create([]);
        var missing = await Assert.ThrowsAsync<OptionsValidationException>(host.StartAsync);
        Assert.Contains("Late:Budgets:hub:PerSecond is missing.", missing.Message, StringComparison.Ordinal);

        await using var other = Create(new() { ["Late:Budgets:hub:Concurrency"] = "0", ["Late:Budgets:hub:PerSecond"] = "fast", ["Late:Budgets:hub:Brust"] = "1" });
        var wrong = await Assert.ThrowsAsync<OptionsValidationException>(other.StartAsync);
        Assert.Contains("Late:Budgets:hub:Concurrency is 0.", wrong.Message, StringComparison.Ordinal);
        Assert.Contains("Late:Budgets:hub:PerSecond cannot be read", wrong.Message, StringComparison.Ordinal);
        Assert.Contains("Late:Budgets:hub:Brust is not an option.", wrong.Message, StringComparison.Ordinal);
    }

    private static SupervisedHost Create(Dictionary<string, string?> settings, Action<LateConnectionOptions>? configure = null) =>
        new(configure, build: static devices => devices.UseConnectBudget("hub"), settings: settings);

    private static void Rotate(LateConnectionOptions options, LateReconnectOrder order)
    {
        // What the servers of these tests do not send, no test misses.
        options.KeepAliveInterval = TimeSpan.FromHours(1);
        (options.Rotation.MaxSessionLifetime, options.Rotation.Jitter, options.Rotation.Order) = (s_life, TimeSpan.Zero, order);
    }

    private static ConnectBudget Budget(SupervisedHost host) => host.Services.GetRequiredKeyedService<ConnectBudget>("hub");

    private static Task LoggedAsync(SupervisedHost host, string eventName) =>
        SupervisedHost.UntilAsync(() => host.Logs.GetSnapshot().Any(line => line.Id.Name == eventName));

    private static Task ReasonAsync(ILateClient client, string part) =>
        SupervisedHost.UntilAsync(() => client.Status.Reason.Contains(part, StringComparison.Ordinal));
}
