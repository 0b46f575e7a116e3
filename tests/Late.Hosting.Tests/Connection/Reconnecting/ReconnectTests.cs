using System.Net;
using Late.Hosting.Tests.Support;
using Polly;

namespace Late.Hosting.Tests.Connection.Reconnecting;

public sealed class ReconnectTests
{
    [Fact]
    public async Task P10_a_server_that_accepts_and_closes_immediately_sees_fewer_than_200_attempts_in_an_hour()
    {
        await using var host = new TestHost();
        host.Transport.Script = attempt => attempt.AcceptAndClose();
        var end = host.Time.GetUtcNow() + TimeSpan.FromHours(1);

        await host.StartAsync();
        while (await host.WaitingUntilAsync() < end)
        {
            var before = host.Transport.Count;
            await host.NextAttemptAsync();
            await host.AttemptedAsync(before);
        }

        Assert.InRange(host.Transport.Count, 100, 199);
    }

    [Fact]
    public async Task P10_the_delay_grows_from_its_base_to_its_cap()
    {
        await using var host = new TestHost();
        host.Transport.Script = attempt => attempt.Refuse();
        await host.StartAsync();
        var delays = new List<double>();
        for (var i = 0; i < 40; i++)
        {
            delays.Add((await host.WaitingUntilAsync() - host.Time.GetUtcNow()).TotalSeconds);
            var before = host.Transport.Count;
            await host.NextAttemptAsync();
            await host.AttemptedAsync(before);
        }

        Assert.InRange(delays[0], 0, 1);
        Assert.All(delays, delay => Assert.InRange(delay, 0, 30));

        // The jitter may make any delay short, but hardly one that has grown for so long.
        Assert.All(delays[25..], delay => Assert.InRange(delay, 15, 30));
        Assert.Equal(delays[25..], delays[25..].Distinct());
    }

    [Fact]
    public async Task P10_the_backoff_starts_over_only_after_a_session_that_was_ready_for_StableAfter()
    {
        await using var host = new TestHost();
        await host.StartAsync();
        for (var i = 1; i <= 6; i++)
        {
            var attempt = await host.Transport.AttemptAsync();
            Assert.Equal(i, attempt.Request.Attempt);
            var unstable = attempt.Accept();
            await host.Client.WaitForReadyAsync(TestContext.Current.CancellationToken);
            host.Time.Advance(TimeSpan.FromSeconds(29));
            unstable.Drop();
            await host.NextAttemptAsync();
        }

        var stable = await host.Transport.AcceptAsync();
        await host.Client.WaitForReadyAsync(TestContext.Current.CancellationToken);
        host.Time.Advance(TimeSpan.FromSeconds(30));
        stable.Drop();
        Assert.InRange((await host.WaitingUntilAsync() - host.Time.GetUtcNow()).TotalSeconds, 0, 2);
        await host.NextAttemptAsync();
        Assert.Equal(1, (await host.Transport.AttemptAsync()).Request.Attempt);
    }

    [Fact]
    public async Task P10_Retry_After_is_obeyed()
    {
        await using var host = new TestHost();
        await host.StartAsync();
        (await host.Transport.AttemptAsync()).Refuse(HttpStatusCode.ServiceUnavailable, TimeSpan.FromSeconds(120));

        var delay = await host.WaitingUntilAsync() - host.Time.GetUtcNow();

        Assert.InRange(delay.TotalSeconds, 120, 120.25);
    }

    [Theory]
    [InlineData(400, true)]
    [InlineData(401, true)]
    [InlineData(404, true)]
    [InlineData(407, true)]
    [InlineData(499, true)]
    [InlineData(300, true)]
    [InlineData(307, true)]
    [InlineData(399, true)]
    [InlineData(408, false)]
    [InlineData(429, false)]
    [InlineData(500, false)]
    [InlineData(503, false)]
    [InlineData(200, false)]
    public async Task P10_a_permanent_refusal_is_terminal(int status, bool isTerminal)
    {
        await using var host = new TestHost();
        await host.StartAsync();
        (await host.Transport.AttemptAsync()).Refuse((HttpStatusCode)status);

        await host.StateAsync(isTerminal ? LateConnectionState.Faulted : LateConnectionState.Reconnecting);

        Assert.Equal(isTerminal ? LateConnectionState.Faulted : LateConnectionState.Reconnecting, host.Client.State);
    }

    [Fact]
    public async Task P10_the_user_may_specify_that_a_refusal_is_not_terminal()
    {
        await using var host = new TestHost(configure: options => options.Reconnect.ShouldReconnect = _ => true);
        await host.StartAsync();
        (await host.Transport.AttemptAsync()).Refuse(HttpStatusCode.Unauthorized);

        await host.NextAttemptAsync();

        Assert.Equal(2, (await host.Transport.AttemptAsync()).Request.Attempt);
    }

    [Fact]
    public async Task P10_MaxAttempts_ends_in_Faulted_with_the_last_error()
    {
        await using var host = new TestHost(configure: options => options.Reconnect.MaxAttempts = 2);
        await host.StartAsync();
        (await host.Transport.AttemptAsync()).Refuse(HttpStatusCode.BadGateway);
        await host.NextAttemptAsync();
        (await host.Transport.AttemptAsync()).Refuse(HttpStatusCode.ServiceUnavailable);

        await host.StateAsync(LateConnectionState.Faulted);

        var error = Assert.IsType<LateConnectException>(host.Client.Status.Exception);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, error.StatusCode);
    }

    [Fact]
    public async Task P10_every_attempt_has_a_ConnectTimeout()
    {
        await using var host = new TestHost();
        await host.StartAsync();
        await host.Transport.AttemptAsync();
        host.Time.Advance(TimeSpan.FromSeconds(10));

        await host.WaitingUntilAsync();

        Assert.Contains("ConnectTimeout", host.Client.Status.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task P10_every_attempt_asks_again_for_address_and_headers()
    {
        var token = 0;
        await using var host = new TestHost(build: connection => connection.ConfigureHandshake((request, _) =>
        {
            request.Headers["Authorization"] = $"Bearer {++token}";
            return default;
        }));
        await host.StartAsync();
        var first = await host.Transport.AttemptAsync();
        first.Refuse();
        await host.NextAttemptAsync();
        var second = await host.Transport.AttemptAsync();

        Assert.Equal("Bearer 1", first.Request.Headers["Authorization"]);
        Assert.Equal("Bearer 2", second.Request.Headers["Authorization"]);
    }

    [Fact]
    public async Task P10_a_token_that_cannot_be_fetched_fails_the_attempt_not_the_connection()
    {
        var fails = true;
        await using var host = new TestHost(build: connection => connection.ConfigureHandshake((_, _) =>
            fails ? throw new HttpRequestException("no token") : default));
        await host.StartAsync();
        await host.WaitingUntilAsync();
        fails = false;
        await host.NextAttemptAsync();

        await host.Transport.AcceptAsync();

        await host.Client.WaitForReadyAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task P10_a_backoff_without_end_does_not_overflow()
    {
        await using var host = new TestHost();
        host.Transport.Script = attempt => attempt.Refuse();
        await host.StartAsync();
        for (var i = 0; i < 1_500; i++)
        {
            var before = host.Transport.Count;
            await host.NextAttemptAsync();
            await host.AttemptedAsync(before);
        }

        Assert.InRange((await host.WaitingUntilAsync() - host.Time.GetUtcNow()).TotalSeconds, 0, 30);
    }

    [Fact]
    public async Task P10_a_users_pipeline_takes_the_place_of_ours()
    {
        await using var host = new TestHost(build: connection => connection.ConfigureReconnect((pipeline, context) =>
        {
            context.Retry.DelayGenerator = _ => new(TimeSpan.FromSeconds(77));
            pipeline.AddRetry(context.Retry);
        }));
        await host.StartAsync();
        (await host.Transport.AttemptAsync()).Refuse();

        Assert.Equal(77, (await host.WaitingUntilAsync() - host.Time.GetUtcNow()).TotalSeconds);
    }

    [Fact]
    public async Task A_request_for_a_new_session_does_not_wait_for_the_backoff()
    {
        await using var host = new TestHost();
        await host.StartAsync();
        (await host.Transport.AttemptAsync()).Refuse();
        await host.WaitingUntilAsync();

        await host.Client.ReconnectAsync("now", TestContext.Current.CancellationToken);

        await host.Transport.AcceptAsync();
        await host.Client.WaitForReadyAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_request_for_a_new_session_replaces_an_attempt_that_hangs()
    {
        await using var host = new TestHost();
        await host.StartAsync();
        await host.Transport.AttemptAsync();

        await host.Client.ReconnectAsync("now", TestContext.Current.CancellationToken);

        await host.Transport.AcceptAsync();
        await host.Client.WaitForReadyAsync(TestContext.Current.CancellationToken);
    }

    [Fact] // The attempt that is asked for is the one that follows InitAsync.
    public async Task A_new_session_can_be_requested_while_InitAsync_runs()
    {
        var handler = new ScriptedHandler();
        var initialized = new TaskCompletionSource();
        handler.Init = async (_, _) =>
        {
            await initialized.Task;
            return 0;
        };
        await using var host = new TestHost(handler);
        await host.StartAsync();
        await handler.SkipToAsync("Init");
        await host.Client.ReconnectAsync("early", TestContext.Current.CancellationToken);
        initialized.SetResult();

        await host.Transport.AcceptAsync();
        await host.Client.WaitForReadyAsync(TestContext.Current.CancellationToken);
        Assert.Equal(1, host.Client.Status.Attempt);
    }
}
