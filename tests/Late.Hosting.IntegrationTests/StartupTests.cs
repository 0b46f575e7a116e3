using System.Net;
using Late.Hosting.IntegrationTests.Support;

namespace Late.Hosting.IntegrationTests;

/// <summary>What the start of the host waits for, and how it fails.</summary>
public sealed class StartupTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [BoundedFact]
    public async Task FailFast_a_refused_connection_fails_the_start()
    {
        using var absent = new RawServer();
        await using var app = new TestApp(absent.Uri, options => options.Startup = LateStartupMode.FailFast);

        var error = await Assert.ThrowsAsync<LateConnectException>(app.StartAsync);
        Assert.Equal(HttpRequestError.ConnectionError, error.TransportError);
        Assert.Null(error.StatusCode);
        Assert.Contains("no server answers there", error.Message, StringComparison.Ordinal);
    }

    [BoundedFact]
    public async Task FailFast_an_answer_of_200_fails_the_start()
    {
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri, options => options.Startup = LateStartupMode.FailFast);

        var start = app.StartAsync();
        (await server.RequestAsync()).Refuse(200);
        var error = await Assert.ThrowsAsync<LateConnectException>(() => start);
        Assert.Equal(HttpStatusCode.OK, error.StatusCode);
        Assert.Contains("no WebSocket at this address", error.Message, StringComparison.Ordinal);
    }

    [BoundedFact]
    public async Task FailFast_a_handshake_that_never_ends_fails_the_start_at_ConnectTimeout()
    {
        var clock = new TestClock();
        using var server = RawServer.Start();
        await using var app = new TestApp(
            server.Uri,
            options => (options.Startup, options.ConnectTimeout) = (LateStartupMode.FailFast, TimeSpan.FromSeconds(13)),
            clock);

        var start = app.StartAsync();
        using var peer = await server.ConnectionAsync();
        await peer.ReadRequestAsync();
        Assert.False(start.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(13));
        var error = await Assert.ThrowsAsync<LateConnectException>(() => start);
        Assert.Contains("ConnectTimeout (00:00:13)", error.Message, StringComparison.Ordinal);
        await peer.EndAsync();
    }

    [BoundedFact]
    public async Task FailFast_a_refusal_fails_the_start_with_status_and_headers()
    {
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri, options => options.Startup = LateStartupMode.FailFast);

        var start = app.StartAsync();
        var request = await server.RequestAsync();
        request.Context.Response.Headers["X-Why"] = "closed";
        request.Refuse(503, "7");
        var error = await Assert.ThrowsAsync<LateConnectException>(() => start);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, error.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(7), error.RetryAfter);
        Assert.Equal(["closed"], error.Headers["X-Why"].ToArray());
    }

    [BoundedFact]
    public async Task FailFast_an_attempt_that_fails_permanently_and_immediately_is_a_connect_error_every_time()
    {
        // The attempt ends while the start is still on its way to wait for it.
        for (var i = 0; i < 50; i++)
        {
            await using var app = new TestApp(
                new Uri("ws://127.0.0.1/"),
                options =>
                {
                    options.Startup = LateStartupMode.FailFast;
                    options.Reconnect.ShouldReconnect = _ => false;
                },
                configure: connection => connection.ConfigureHandshake((_, _) => throw new InvalidOperationException("no token")));
            await Assert.ThrowsAsync<LateConnectException>(app.StartAsync);
        }
    }

    [BoundedFact]
    public async Task FailFast_an_exception_of_HandleConnect_fails_the_start()
    {
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri, options => options.Startup = LateStartupMode.FailFast);
        app.Script.Connect = (_, _, _) => throw new InvalidDataException("not my protocol");

        var start = app.StartAsync();
        var peer = await server.AcceptAsync();
        Assert.Equal(1011, (await peer.AnswerCloseAsync()).Code);
        var error = await Assert.ThrowsAsync<LateConnectException>(() => start);
        Assert.IsType<InvalidDataException>(error.InnerException);
    }

    [BoundedFact]
    public async Task FailFast_a_session_that_is_not_ready_in_time_fails_the_start()
    {
        var clock = new TestClock();
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(
            server.Uri,
            options => (options.Startup, options.ReadyTimeout) = (LateStartupMode.FailFast, TimeSpan.FromSeconds(13)),
            clock);
        app.Script.Connect = (_, state, _) => LateResult.Ok(state).HoldCalls();

        var start = app.StartAsync();
        var peer = await server.AcceptAsync();
        await clock.TimerAsync(TimeSpan.FromSeconds(13));
        await app.Life.ExpectAsync("Init", "Connect");
        clock.Advance(TimeSpan.FromSeconds(13));
        await peer.AnswerCloseAsync();
        var error = await Assert.ThrowsAsync<LateConnectException>(() => start);
        Assert.Contains("ReadyTimeout (00:00:13)", error.Message, StringComparison.Ordinal);
    }

    [BoundedFact]
    public async Task FailFast_a_good_first_attempt_starts_the_host_ready()
    {
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri, options => options.Startup = LateStartupMode.FailFast);

        var start = app.StartAsync();
        await server.AcceptAsync();
        await start;
        Assert.Equal(LateConnectionState.Ready, app.Client.State);
    }

    [BoundedFact]
    public async Task FailFast_a_failed_start_leaves_the_connection_stopped_and_terminates_the_handler()
    {
        using var absent = new RawServer();
        await using var app = new TestApp(absent.Uri, options => options.Startup = LateStartupMode.FailFast);

        await Assert.ThrowsAsync<LateConnectException>(app.StartAsync);
        Assert.Equal(LateConnectionState.Stopped, app.Client.State);
        await app.Life.ExpectAsync("Init", "Terminate HostStopping");
        await Assert.ThrowsAsync<LateStoppedException>(() => app.Client.CallAsync(new Ask("late"), Token));
    }

    [BoundedFact]
    public async Task Background_starts_immediately_while_the_server_is_away_and_connects_when_it_is_back()
    {
        using var server = new RawServer();
        await using var app = new TestApp(server.Uri);

        await app.StartAsync();
        await app.Logs.NextAsync("AttemptFailed");
        var call = app.Client.CallAsync(new Ask("price"), Token);
        server.Listen();
        using var peer = await server.AcceptAsync();
        Assert.Equal("1 price"u8.ToArray(), (await peer.ReadFrameAsync()).Payload);
        await peer.WriteAsync(RawPeer.TextFrame("1 42"));
        Assert.Equal("42", await call);
    }

    [BoundedFact]
    public async Task WaitForReady_retries_and_starts_when_the_connection_is_ready()
    {
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri, options => options.Startup = LateStartupMode.WaitForReady);

        var start = app.StartAsync();
        (await server.RequestAsync()).Refuse(500);
        (await server.RequestAsync()).Refuse(503);
        Assert.False(start.IsCompleted);
        await server.AcceptAsync();
        await start;
        Assert.Equal(LateConnectionState.Ready, app.Client.State);
    }

    [BoundedFact]
    public async Task WaitForReady_fails_the_start_at_StartupTimeout_with_the_last_error()
    {
        var clock = new TestClock();
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri, options => options.Startup = LateStartupMode.WaitForReady, clock);

        var start = app.StartAsync();
        (await server.RequestAsync()).Refuse(503, "900");
        await app.BackoffAsync();
        Assert.False(start.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(30));
        var error = await Assert.ThrowsAsync<LateConnectException>(() => start);
        Assert.Contains("StartupTimeout (00:00:30)", error.Message, StringComparison.Ordinal);
        Assert.Contains("503", error.Message, StringComparison.Ordinal);
        Assert.Equal(LateConnectionState.Stopped, app.Client.State);
    }

    [BoundedFact]
    public async Task WaitForReady_a_terminal_refusal_fails_the_start_immediately()
    {
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri, options => options.Startup = LateStartupMode.WaitForReady, new TestClock());

        var start = app.StartAsync();
        (await server.RequestAsync()).Refuse(401);
        var error = await Assert.ThrowsAsync<LateFaultedException>(() => start);
        Assert.Equal(HttpStatusCode.Unauthorized, Assert.IsType<LateConnectException>(error.InnerException).StatusCode);
    }
}
