using System.Net;
using Late.Hosting.Tests.Support;
using Microsoft.Extensions.Logging;

namespace Late.Hosting.Tests.Connection.Reconnecting;

/// <summary><c>HandleConnecting</c>: when it runs, what it may set, and what follows where it throws (promises P1, P2, P3, P10 and P12).</summary>
public sealed class ConnectingTests
{
    private readonly ScriptedHandler _handler = new() { Connecting = static (_, state, _) => new(state) };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task P3_it_runs_before_every_attempt_and_never_between_HandleConnect_and_HandleDisconnect()
    {
        await using var host = new TestHost(_handler);
        await host.StartAsync();
        (await host.Transport.AttemptAsync()).Refuse();
        await host.NextAttemptAsync();
        (await host.Transport.AcceptAsync()).Drop();
        await host.NextAttemptAsync();
        await host.Transport.AcceptAsync();
        await host.Client.WaitForReadyAsync(Token);
        await host.StopAsync(Token);

        Assert.Equal(
            ["Init", "Connecting", "Connecting", "Connect", "Disconnect ConnectionLost", "Connecting", "Connect", "Disconnect HostStopping", "Terminate HostStopping"],
            _handler.Trace());
    }

    [Fact]
    public async Task P10_it_sets_address_headers_and_sub_protocols_of_its_attempt_alone_and_the_next_state()
    {
        var states = new List<int>();
        _handler.Connecting = (handshake, state, _) =>
        {
            states.Add(state);
            if (state == 0)
            {
                handshake.Uri = new Uri("ws://feed.example/resume");
                handshake.Headers["X-Session"] = "7";
                handshake.SubProtocols.Add("v7");
            }

            return new(state + 1);
        };
        await using var host = new TestHost(_handler);
        await host.StartAsync();
        var first = await host.Transport.AttemptAsync();
        Assert.Equal(("ws://feed.example/resume", "7"), (first.Request.Uri!.ToString(), (string?)first.Request.Headers["X-Session"]));
        Assert.Equal(["v7"], first.Request.SubProtocols);
        first.Refuse();
        await host.NextAttemptAsync();
        var second = await host.Transport.AttemptAsync();

        Assert.Equal("ws://feed.example/v2", second.Request.Uri!.ToString());
        Assert.Empty(second.Request.Headers);
        Assert.Empty(second.Request.SubProtocols);
        Assert.Equal([0, 1], states);
    }

    [Fact]
    public async Task P10_ConfigureHandshake_runs_after_it_and_sees_what_it_has_set()
    {
        var seen = new List<string>();
        _handler.Connecting = (handshake, state, _) =>
        {
            handshake.Headers["X-Session"] = "7";
            return new(state);
        };
        await using var host = new TestHost(_handler, build: connection => connection.ConfigureHandshake((handshake, _) =>
        {
            seen.Add(handshake.Headers["X-Session"].ToString());
            return default;
        }));
        await host.ReadyAsync();

        Assert.Equal(["7"], seen);
    }

    [Fact]
    public async Task P10_Previous_is_null_at_first_and_then_the_last_failure_or_the_end_of_the_last_session()
    {
        var previous = new List<LateSessionOutcome?>();
        _handler.Connecting = (handshake, state, _) =>
        {
            previous.Add(handshake.Previous);
            return new(state);
        };
        await using var host = new TestHost(_handler);
        await host.StartAsync();
        (await host.Transport.AttemptAsync()).Refuse(HttpStatusCode.BadGateway);
        await host.NextAttemptAsync();
        var socket = await host.Transport.AcceptAsync();
        await host.Client.WaitForReadyAsync(Token);
        socket.Close(4007, "again");
        await host.NextAttemptAsync();
        await host.Transport.AcceptAsync();

        Assert.Null(previous[0]);
        Assert.Equal(HttpStatusCode.BadGateway, Assert.IsType<LateConnectException>(previous[1]!.Exception).StatusCode);
        Assert.Equal((4007, true), (previous[2]!.Disconnect!.CloseCode!.Value, previous[2]!.Disconnect!.WasReady));
    }

    [Fact]
    public async Task P2_an_exception_keeps_the_state_fails_the_attempt_and_is_logged_as_that_of_a_callback()
    {
        var states = new List<int>();
        _handler.Connecting = (_, state, _) =>
        {
            states.Add(state);
            return states.Count == 2 ? throw new FormatException("hunter2") : new(state + 1);
        };
        await using var host = new TestHost(_handler);
        await host.StartAsync();
        await _handler.SkipToAsync("Connecting");
        (await host.Transport.AttemptAsync()).Refuse();
        await host.NextAttemptAsync();
        await _handler.SkipToAsync("Connecting");
        await host.NextAttemptAsync();
        await host.Transport.AttemptAsync();

        Assert.Equal([0, 1, 1], states);
        Assert.Single(host.Logs.GetSnapshot(), static entry => entry.Id.Name == "CallbackThrew");
        Assert.DoesNotContain(host.Logs.GetSnapshot(), static entry => $"{entry.Message}{entry.Exception}".Contains("hunter2", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task P10_RetryAfter_of_an_exception_is_obeyed_as_that_of_a_server(bool isByHandler)
    {
        var failure = new LateConnectException("Forwarding", "The gateway allows no session before noon.") { RetryAfter = TimeSpan.FromMinutes(7) };
        await using var host = Throwing(isByHandler, failure);
        await host.StartAsync();

        Assert.InRange((await host.WaitingUntilAsync() - host.Time.GetUtcNow()).TotalSeconds, 420, 420.25);
        Assert.DoesNotContain(host.Logs.GetSnapshot(), static entry => entry.Level >= LogLevel.Error);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task P10_an_exception_that_is_not_transient_faults_the_connection(bool isByHandler)
    {
        await using var host = Throwing(isByHandler, new LateConnectException("Forwarding", "The account is closed.") { IsTransient = false });
        await host.StartAsync();
        await host.StateAsync(LateConnectionState.Faulted);

        Assert.Equal("The account is closed.", host.Client.Status.Reason);
        Assert.Equal(0, host.Transport.Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task P10_an_exception_that_is_transient_is_retried_where_the_options_make_it_permanent(bool isByHandler)
    {
        await using var host = Throwing(
            isByHandler,
            new LateConnectException("Forwarding", "No token yet.") { IsTransient = true, StatusCode = HttpStatusCode.Forbidden },
            static options =>
            {
                options.PermanentStatusCodes.Add(HttpStatusCode.Forbidden);
                options.Reconnect.ShouldReconnect = static _ => false;
            });
        await host.StartAsync();
        await _handler.SkipToAsync("Connecting");
        await host.NextAttemptAsync();
        await _handler.SkipToAsync("Connecting");

        await host.WaitingUntilAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task P12_an_exception_of_the_application_shows_neither_user_info_nor_query(bool isByHandler)
    {
        const string Address = "wss://me:hunter2@feed.example/v2?token=hunter2";
        await using var host = Throwing(
            isByHandler, new LateConnectException("Forwarding", $"Not \"{Address}\" now.", new HttpRequestException(Address)) { IsTransient = false });
        await host.StartAsync();
        await host.StateAsync(LateConnectionState.Faulted);
        await host.LoggedAsync("Faulted");

        Assert.Equal("Not \"wss://feed.example/v2\" now.", host.Client.Status.Reason);
        var shown = $"{host.Client.Status.Exception}{string.Concat(host.Logs.GetSnapshot().Select(static entry => $"{entry.Message}{entry.Exception}"))}";
        Assert.DoesNotContain("hunter2", shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task P10_one_that_exceeds_ConnectTimeout_fails_the_attempt_when_it_ends_and_P1_no_callback_runs_before()
    {
        var release = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        var begun = new TaskCompletionSource<CancellationToken>(TaskCreationOptions.RunContinuationsAsynchronously);
        _handler.Connecting = (_, state, cancellationToken) =>
        {
            begun.TrySetResult(cancellationToken);
            return state == 0 ? new(release.Task) : new(state);
        };
        await using var host = new TestHost(_handler);
        await host.StartAsync();
        await _handler.SkipToAsync("Connecting");
        var canceled = await begun.Task.WaitAsync(Token);
        host.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.True(canceled.IsCancellationRequested);
        Assert.Equal(LateConnectionState.Connecting, host.Client.State);
        Assert.Empty(_handler.Trace());

        release.SetResult(5);
        await host.WaitingUntilAsync();

        Assert.Contains("HandleConnecting did not complete in time", host.Client.Status.Reason, StringComparison.Ordinal);
        await host.NextAttemptAsync();
        await host.Transport.AttemptAsync();
    }

    [Fact]
    public async Task P10_one_that_obeys_its_token_fails_the_attempt_at_ConnectTimeout_without_an_error_in_the_log()
    {
        _handler.Connecting = static async (_, state, cancellationToken) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            return state;
        };
        await using var host = new TestHost(_handler);
        await host.StartAsync();
        await _handler.SkipToAsync("Connecting");
        host.Time.Advance(TimeSpan.FromSeconds(10));
        await host.WaitingUntilAsync();

        Assert.DoesNotContain(host.Logs.GetSnapshot(), static entry => entry.Level >= LogLevel.Error);
    }

    [Fact]
    public async Task P9_a_stop_cancels_it()
    {
        _handler.Connecting = static async (_, state, cancellationToken) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            return state;
        };
        await using var host = new TestHost(_handler);
        await host.StartAsync();
        await _handler.SkipToAsync("Connecting");
        await host.StopAsync(Token);

        Assert.Equal(["Terminate HostStopping"], _handler.Trace());
        Assert.Equal(0, host.Transport.Count);
    }

    [Fact]
    public async Task P9_one_that_never_ends_is_abandoned_and_P1_HandleTerminate_does_not_run_concurrently_with_it()
    {
        _handler.Connecting = static (_, _, _) => new(new TaskCompletionSource<int>().Task);
        await using var host = new TestHost(_handler);
        await host.StartAsync();
        await _handler.SkipToAsync("Connecting");
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await host.StopAsync(now.Token);

        Assert.Equal(LateConnectionState.Stopped, host.Client.State);
        Assert.Empty(_handler.Trace());
        Assert.Single(host.Logs.GetSnapshot(), static entry => entry.Id.Name == "TerminateSkipped");
    }

    [Fact]
    public async Task P14_a_call_to_its_own_connection_fails()
    {
        Exception? failure = null;
        _handler.Connecting = async (_, state, cancellationToken) =>
        {
            failure = await Record.ExceptionAsync(async () => await _handler.Client.CallAsync(new Ask("me"), cancellationToken));
            return state;
        };
        await using var host = new TestHost(_handler);
        await host.ReadyAsync();

        Assert.IsType<InvalidOperationException>(failure);
    }

    /// <summary>A host whose handler, or whose hook, throws at every attempt.</summary>
    private TestHost Throwing(bool isByHandler, LateConnectException failure, Action<LateConnectionOptions>? configure = null)
    {
        if (isByHandler)
        {
            _handler.Connecting = (_, _, _) => throw failure;
        }

        return new TestHost(_handler, configure, connection => connection.ConfigureHandshake((_, _) => isByHandler ? default : throw failure));
    }
}
