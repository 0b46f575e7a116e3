using System.Net;
using Late.Hosting.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Polly;

namespace Late.Hosting.Tests.Connection.Reconnecting;

/// <summary>What a refused attempt means, and what follows it (promise P10).</summary>
public sealed class RefusalTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(404)]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(407)]
    [InlineData(307)]
    public async Task P10_a_refusal_after_a_ready_session_is_retried_until_the_server_accepts(int status)
    {
        await using var host = new TestHost();
        (await host.ReadyAsync()).Drop();
        for (var i = 0; i < 3; i++)
        {
            await host.NextAttemptAsync();
            (await host.Transport.AttemptAsync()).Refuse((HttpStatusCode)status);
        }

        await host.NextAttemptAsync();
        await host.Transport.AcceptAsync();
        await host.Client.WaitForReadyAsync(Token);
        Assert.Single(host.Logs.GetSnapshot(), static entry => entry.Id.Name == "Refused");
    }

    [Fact]
    public async Task P10_refused_attempts_grow_to_RefusedMaxDelay_apart_and_never_further()
    {
        await using var host = new TestHost();
        (await host.ReadyAsync()).Drop();
        var delays = new List<double>();
        for (var i = 0; i < 40; i++)
        {
            await host.NextAttemptAsync();
            (await host.Transport.AttemptAsync()).Refuse(HttpStatusCode.NotFound);
            delays.Add((await host.WaitingUntilAsync() - host.Time.GetUtcNow()).TotalMinutes);
        }

        Assert.All(delays, static delay => Assert.InRange(delay, 0, 15));
        Assert.All(delays[20..], static delay => Assert.InRange(delay, 7.5, 15));
        Assert.Equal(delays[20..], delays[20..].Distinct());
    }

    [Fact]
    public async Task P10_a_failure_that_is_no_refusal_is_retried_within_MaxDelay_again()
    {
        await using var host = new TestHost();
        (await host.ReadyAsync()).Drop();
        for (var i = 0; i < 20; i++)
        {
            await host.NextAttemptAsync();
            (await host.Transport.AttemptAsync()).Refuse(HttpStatusCode.NotFound);
        }

        await host.NextAttemptAsync();
        (await host.Transport.AttemptAsync()).Refuse(HttpStatusCode.BadGateway);

        Assert.InRange((await host.WaitingUntilAsync() - host.Time.GetUtcNow()).TotalSeconds, 15, 30);
    }

    [Fact]
    public async Task P10_health_is_unhealthy_from_a_refusal_to_the_next_ready_session()
    {
        await using var host = new TestHost(build: static connection => connection.Services.AddHealthChecks().AddLateConnections());
        (await host.ReadyAsync()).Drop();
        await host.WaitingUntilAsync();
        Assert.Equal(HealthStatus.Degraded, await HealthAsync(host));
        await host.NextAttemptAsync();
        (await host.Transport.AttemptAsync()).Refuse(HttpStatusCode.Forbidden);
        await host.WaitingUntilAsync();
        Assert.Equal(HealthStatus.Unhealthy, await HealthAsync(host));
        await host.NextAttemptAsync();
        var attempt = await host.Transport.AttemptAsync();
        Assert.Equal(HealthStatus.Unhealthy, await HealthAsync(host));
        var session = attempt.Accept();
        await host.Client.WaitForReadyAsync(Token);
        Assert.Equal(HealthStatus.Healthy, await HealthAsync(host));
        session.Drop();
        await host.StateAsync(LateConnectionState.Reconnecting);
        Assert.Equal(HealthStatus.Degraded, await HealthAsync(host));
    }

    [Fact]
    public async Task P10_a_401_asks_ConfigureHandshake_once_more_after_BaseDelay_and_the_second_is_permanent()
    {
        var tokens = 0;
        await using var host = new TestHost(build: connection => connection.ConfigureHandshake((request, _) =>
        {
            request.Headers["Authorization"] = $"Bearer {++tokens}";
            return default;
        }));
        await host.StartAsync();
        (await host.Transport.AttemptAsync()).Refuse(HttpStatusCode.Unauthorized);
        Assert.InRange((await host.WaitingUntilAsync() - host.Time.GetUtcNow()).TotalSeconds, 0.5, 0.75);
        await host.NextAttemptAsync();
        var second = await host.Transport.AttemptAsync();
        Assert.Equal("Bearer 2", second.Request.Headers["Authorization"]);
        second.Refuse(HttpStatusCode.Unauthorized);

        await host.StateAsync(LateConnectionState.Faulted);
    }

    [Fact]
    public async Task P10_a_401_between_other_failures_is_asked_for_once_only()
    {
        await using var host = new TestHost(build: static connection => connection.ConfigureHandshake(static (_, _) => default));
        await host.StartAsync();
        (await host.Transport.AttemptAsync()).Refuse(HttpStatusCode.Unauthorized);
        await host.NextAttemptAsync();
        (await host.Transport.AttemptAsync()).Refuse(HttpStatusCode.BadGateway);
        await host.NextAttemptAsync();
        (await host.Transport.AttemptAsync()).Refuse(HttpStatusCode.Unauthorized);

        await host.StateAsync(LateConnectionState.Faulted);
    }

    [Fact]
    public async Task P10_a_401_after_another_stable_session_is_asked_for_once_more_again()
    {
        await using var host = new TestHost(build: static connection => connection.ConfigureHandshake(static (_, _) => default));
        var session = await host.ReadyAsync();
        for (var i = 0; i < 3; i++)
        {
            host.Time.Advance(TimeSpan.FromSeconds(30));
            session.Drop();
            await host.NextAttemptAsync();
            (await host.Transport.AttemptAsync()).Refuse(HttpStatusCode.Unauthorized);
            Assert.InRange((await host.WaitingUntilAsync() - host.Time.GetUtcNow()).TotalSeconds, 0.5, 0.75);
            await host.NextAttemptAsync();
            session = await host.Transport.AcceptAsync();
            await host.Client.WaitForReadyAsync(Token);
        }
    }

    [Fact]
    public async Task P10_a_401_after_a_long_outage_asks_again_after_BaseDelay_and_then_politely()
    {
        await using var host = new TestHost(build: static connection => connection.ConfigureHandshake(static (_, _) => default).ConfigureReconnect(static (pipeline, context) =>
        {
            context.Retry.Randomizer = static () => 0.5;
            pipeline.AddRetry(context.Retry);
        }));
        (await host.ReadyAsync()).Drop();
        for (var i = 0; i < 20; i++)
        {
            await host.NextAttemptAsync();
            (await host.Transport.AttemptAsync()).Refuse();
        }

        await host.NextAttemptAsync();
        (await host.Transport.AttemptAsync()).Refuse(HttpStatusCode.Unauthorized);
        Assert.InRange((await host.WaitingUntilAsync() - host.Time.GetUtcNow()).TotalSeconds, 0.5, 0.75);
        await host.NextAttemptAsync();
        (await host.Transport.AttemptAsync()).Refuse(HttpStatusCode.Unauthorized);
        Assert.InRange((await host.WaitingUntilAsync() - host.Time.GetUtcNow()).TotalSeconds, 30, 70);
    }

    [Theory]
    [InlineData(401, 401)]
    [InlineData(503, 503)]
    [InlineData(200, 200)]
    [InlineData(404, 401, 404)]
    public async Task P10_PermanentStatusCodes_are_permanent_always(int status, params int[] permanent)
    {
        await using var host = new TestHost(
            configure: options =>
            {
                options.PermanentStatusCodes.UnionWith(permanent.Select(static code => (HttpStatusCode)code));
                options.Reconnect.ShouldReconnect = static _ => true;
            },
            build: static connection => connection.ConfigureHandshake(static (_, _) => default));
        (await host.ReadyAsync()).Drop();
        await host.NextAttemptAsync();
        (await host.Transport.AttemptAsync()).Refuse((HttpStatusCode)status);

        await host.StateAsync(LateConnectionState.Faulted);
        Assert.Equal(status, (int?)Assert.IsType<LateConnectException>(host.Client.Status.Exception).StatusCode);
    }

    [Theory]
    [InlineData(4004, LateConnectionState.Faulted)]
    [InlineData(1000, LateConnectionState.Faulted)]
    [InlineData(4005, LateConnectionState.Reconnecting)]
    public async Task P10_PermanentCloseCodes_are_permanent_always(int code, LateConnectionState expected)
    {
        await using var host = new TestHost(configure: static options =>
        {
            options.PermanentCloseCodes.UnionWith([4004, 1000]);
            options.Reconnect.ShouldReconnect = static _ => true;
        });
        (await host.ReadyAsync()).Close(code, "bad token");

        await host.StateAsync(expected);
        Assert.Contains($"{code}", host.Client.Status.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task P10_HandleDisconnect_has_the_last_word_over_PermanentCloseCodes()
    {
        var handler = new ScriptedHandler { Disconnect = static (_, state, _) => LateDisconnectResult.Reconnect(state) };
        await using var host = new TestHost(handler, static options => options.PermanentCloseCodes.Add(4004));
        (await host.ReadyAsync()).Close(4004, "");

        await host.NextAttemptAsync();
        await host.Transport.AcceptAsync();
    }

    [Fact]
    public async Task P10_permanent_codes_are_reloaded()
    {
        await using var host = new TestHost(settings: new() { ["Late:Forwarding:Uri"] = "ws://feed.example" });
        var session = await host.ReadyAsync();
        host.Configuration["Late:Forwarding:PermanentCloseCodes:0"] = "4004";
        host.Configuration.Reload();
        session.Close(4004, "");

        await host.StateAsync(LateConnectionState.Faulted);
    }

    [Theory]
    [InlineData(5, 0.5, 5, 5.25)]
    [InlineData(5, 20, 5, 40)]
    [InlineData(0, 0.5, 0, 1)]
    [InlineData(90_000, 0.5, 86_399, 86_400)]
    public async Task P10_Retry_After_is_never_undercut_also_where_BaseDelay_is_longer(int seconds, double baseDelay, double least, double most)
    {
        for (var i = 0; i < 20; i++)
        {
            await using var host = new TestHost(configure: options => options.Reconnect.BaseDelay = TimeSpan.FromSeconds(baseDelay));
            await host.StartAsync();
            (await host.Transport.AttemptAsync()).Refuse(HttpStatusCode.ServiceUnavailable, TimeSpan.FromSeconds(seconds));

            Assert.InRange((await host.WaitingUntilAsync() - host.Time.GetUtcNow()).TotalSeconds, least, most);
        }
    }

    private static async Task<HealthStatus> HealthAsync(TestHost host) =>
        (await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(Token)).Status;
}
