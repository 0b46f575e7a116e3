using System.Net;
using Late.Hosting.IntegrationTests.Support;
using Polly;

namespace Late.Hosting.IntegrationTests;

/// <summary>Promise P10: reconnecting is polite.</summary>
public sealed class ReconnectTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [BoundedFact]
    public async Task P10_a_server_that_accepts_and_drops_sees_fewer_than_200_attempts_in_an_hour()
    {
        var clock = new TestClock();
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri, clock: clock);
        await app.StartAsync();

        var delays = new List<TimeSpan>();
        for (var hour = TimeSpan.Zero; hour < TimeSpan.FromHours(1); hour += delays[^1])
        {
            (await app.AcceptAsync(server)).Drop();
            delays.Add(await app.BackoffAsync());
            clock.Advance(delays[^1]);
        }

        Assert.InRange(server.Requests, 100, 199);
        Assert.All(delays, delay => Assert.InRange(delay, TimeSpan.Zero, TimeSpan.FromSeconds(30)));
        Assert.True(delays[0] < TimeSpan.FromSeconds(2));
        Assert.True(delays.Distinct().Count() > 5, "The delays have jitter.");
    }

    [BoundedFact]
    public async Task P10_the_backoff_starts_over_after_a_session_that_stayed_ready_for_StableAfter()
    {
        var clock = new TestClock();
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri, clock: clock);
        await app.StartAsync();
        for (var i = 0; i < 8; i++)
        {
            (await server.RequestAsync()).Refuse(503);
            clock.Advance(await app.BackoffAsync());
        }

        var peer = await app.AcceptAsync(server);
        Assert.Equal(9, app.Client.Status.Attempt);
        clock.Advance(TimeSpan.FromSeconds(29));
        peer.Drop();
        clock.Advance(await app.BackoffAsync());
        peer = await app.AcceptAsync(server);
        Assert.Equal(10, app.Client.Status.Attempt);
        clock.Advance(TimeSpan.FromSeconds(30));
        peer.Drop();
        var delay = await app.BackoffAsync();
        Assert.True(delay < TimeSpan.FromSeconds(2), $"The first delay is short, and this was {delay}.");
        clock.Advance(delay);
        await app.AcceptAsync(server);
        Assert.Equal(1, app.Client.Status.Attempt);
    }

    [BoundedTheory]
    [InlineData(503)]
    [InlineData(429)]
    public async Task P10_Retry_After_is_obeyed_and_never_undercut_also_above_MaxDelay(int status)
    {
        var clock = new TestClock();
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri, clock: clock);
        await app.StartAsync();

        (await server.RequestAsync()).Refuse(status, "120");
        var delay = await app.BackoffAsync();
        Assert.InRange(delay, TimeSpan.FromSeconds(120), TimeSpan.FromSeconds(121));
        Assert.Equal(clock.GetUtcNow() + delay, app.Client.Status.NextAttemptAt);
        clock.Advance(delay);
        await app.AcceptAsync(server);
        Assert.Null(app.Client.Status.NextAttemptAt);
    }

    [BoundedFact]
    public async Task P10_a_Retry_After_with_a_date_is_relative_to_the_servers_own_date()
    {
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri, clock: new TestClock());
        await app.StartAsync();

        var request = await server.RequestAsync();
        request.Context.Response.Headers.Date = "Wed, 21 Oct 2015 07:28:00 GMT";
        request.Refuse(503, "Wed, 21 Oct 2015 07:29:30 GMT");
        Assert.InRange(await app.BackoffAsync(), TimeSpan.FromSeconds(90), TimeSpan.FromSeconds(91));
    }

    [BoundedTheory]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(407)]
    [InlineData(302)]
    public async Task P10_a_permanent_refusal_faults_the_connection(int status)
    {
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri);
        await app.StartAsync();
        var waiting = app.Client.CallAsync(new Ask("price"), Token);

        (await server.RequestAsync()).Refuse(status);
        var fault = await app.ReachAsync(LateConnectionState.Faulted);
        Assert.Equal((HttpStatusCode)status, Assert.IsType<LateConnectException>(fault.Exception).StatusCode);
        var error = await Assert.ThrowsAsync<LateFaultedException>(() => waiting);
        Assert.Equal(LateDelivery.NotDelivered, error.Delivery);
        await app.Life.ExpectAsync("Init", "Terminate Faulted");
        Assert.Equal(1, server.Requests);
    }

    [BoundedTheory]
    [InlineData(408)]
    [InlineData(429)]
    [InlineData(500)]
    public async Task P10_other_refusals_are_followed_by_another_attempt(int status)
    {
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri);
        await app.StartAsync();

        (await server.RequestAsync()).Refuse(status);
        await app.AcceptAsync(server);
    }

    [BoundedFact]
    public async Task P10_the_user_may_specify_that_a_refusal_is_transient()
    {
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri, options => options.Reconnect.ShouldReconnect = outcome =>
            outcome.Exception is LateConnectException { StatusCode: HttpStatusCode.Unauthorized } || LateReconnectOptions.IsTransient(outcome));
        await app.StartAsync();

        (await server.RequestAsync()).Refuse(401);
        await app.AcceptAsync(server);
    }

    [BoundedFact]
    public async Task P10_every_attempt_asks_again_for_address_headers_and_token()
    {
        await using var server = await TestServer.StartAsync();
        var tokens = 0;
        var attempts = new List<int>();
        await using var app = new TestApp(
            null,
            options => options.Headers["X-Client"] = "test",
            configure: connection => connection.ConfigureHandshake(async (request, ct) =>
            {
                await Task.Yield();
                attempts.Add(request.Attempt);
                request.Uri = new Uri(server.Uri, $"/feed/{++tokens}");
                request.Headers["Authorization"] = $"Bearer {tokens}";
                request.SubProtocols.Add("feed");
            }));
        await app.StartAsync();

        for (var i = 1; i <= 3; i++)
        {
            var request = await server.RequestAsync();
            Assert.Equal($"Bearer {i}", request.Header("Authorization"));
            Assert.Equal("test", request.Header("X-Client"));
            Assert.Equal("feed", request.Header("Sec-WebSocket-Protocol"));
            Assert.Equal($"/feed/{i}", request.Context.Request.Path);
            request.Refuse(503);
        }

        var peer = await app.AcceptAsync(server);
        peer.Drop();
        await app.AcceptAsync(server);
        Assert.Equal([1, 2, 3, 4, 5], attempts);
    }

    [BoundedFact]
    public async Task P10_an_exception_of_ConfigureHandshake_is_a_failed_attempt()
    {
        await using var server = await TestServer.StartAsync();
        var asked = 0;
        await using var app = new TestApp(server.Uri, configure: connection => connection.ConfigureHandshake((_, _) =>
            ++asked == 1 ? throw new InvalidOperationException("no token") : default));
        await app.StartAsync();

        await app.AcceptAsync(server);
        Assert.Contains("could not prepare its upgrade", app.Logs.Of("AttemptFailed").Single().Message, StringComparison.Ordinal);
        Assert.Equal(2, asked);
    }

    [BoundedFact]
    public async Task P10_ConfigureHandshake_counts_against_ConnectTimeout()
    {
        var clock = new TestClock();
        await using var server = await TestServer.StartAsync();
        var asked = new TaskCompletionSource();
        await using var app = new TestApp(server.Uri, options => options.ConnectTimeout = TimeSpan.FromSeconds(13), clock, connection => connection.ConfigureHandshake((_, _) =>
            asked.TrySetResult() ? new ValueTask(new TaskCompletionSource().Task) : default));
        await app.StartAsync();

        await asked.Task;
        await clock.TimerAsync(TimeSpan.FromSeconds(13));
        clock.Advance(TimeSpan.FromSeconds(13));
        clock.Advance(await app.BackoffAsync());
        await app.AcceptAsync(server);
    }

    [BoundedFact]
    public async Task P10_after_MaxAttempts_in_a_row_the_connection_is_faulted()
    {
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri, options => options.Reconnect.MaxAttempts = 3);
        await app.StartAsync();

        for (var i = 0; i < 3; i++)
        {
            (await server.RequestAsync()).Refuse(503);
        }

        var fault = await app.ReachAsync(LateConnectionState.Faulted);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, Assert.IsType<LateConnectException>(fault.Exception).StatusCode);
        Assert.Equal(3, server.Requests);
    }

    [BoundedFact]
    public async Task P10_HandleDisconnect_may_set_the_delay()
    {
        var clock = new TestClock();
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri, options => options.Reconnect.ShouldReconnect = _ => false, clock);
        app.Script.Disconnect = (_, state, _) => LateDisconnectResult.ReconnectAfter(state, TimeSpan.FromSeconds(77));
        var peer = await app.StartAsync(server);

        peer.Drop();
        Assert.Equal(TimeSpan.FromSeconds(77), await app.BackoffAsync());
        clock.Advance(TimeSpan.FromSeconds(77));
        await app.AcceptAsync(server);
    }

    [BoundedFact]
    public async Task P10_a_callback_may_ask_for_a_new_session_after_a_delay()
    {
        var clock = new TestClock();
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri, clock: clock);
        app.Script.In = (_, state, _) => LateResult.Reconnect(state, "maintenance", TimeSpan.FromSeconds(77));
        var peer = await app.StartAsync(server);

        await peer.SendAsync("going down");
        Assert.Equal((1000, "maintenance"), await peer.AnswerCloseAsync());
        Assert.Equal(TimeSpan.FromSeconds(77), await app.BackoffAsync());
        clock.Advance(TimeSpan.FromSeconds(77));
        await app.AcceptAsync(server);
    }

    [BoundedFact]
    public async Task P10_HandleDisconnect_may_stop_the_connection()
    {
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri);
        app.Script.Disconnect = (_, state, _) => LateDisconnectResult.Stop(state);
        var peer = await app.StartAsync(server);

        await peer.CloseAsync(1000, "Bye!");
        await app.Life.ExpectAsync("Init", "Connect", "Disconnect ClosedByServer", "Terminate HandlerStopped");
        await app.ReachAsync(LateConnectionState.Stopped);
        Assert.Equal(1, server.Requests);
    }

    [BoundedFact]
    public async Task P10_the_pipeline_may_be_extended()
    {
        await using var server = await TestServer.StartAsync();
        var retries = 0;
        await using var app = new TestApp(server.Uri, configure: connection => connection.ConfigureReconnect((pipeline, context) =>
        {
            var onRetry = context.Retry.OnRetry;
            context.Retry.OnRetry = args =>
            {
                retries++;
                return onRetry?.Invoke(args) ?? default;
            };
            pipeline.AddRetry(context.Retry);
        }));
        await app.StartAsync();

        (await server.RequestAsync()).Refuse(503);
        await app.AcceptAsync(server);
        Assert.Equal(1, retries);
    }
}
