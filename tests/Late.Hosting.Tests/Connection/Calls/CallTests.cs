using Late.Hosting.Tests.Support;

namespace Late.Hosting.Tests.Connection.Calls;

public sealed class CallTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task P5_a_reply_from_a_later_callback_ends_the_call()
    {
        var pending = new LatePendingCalls();
        var handler = new ScriptedHandler
        {
            Call = (_, call, state, _) => LateResult.Send(state, LateFrame.Text($"{pending.Add(call)}")),
            In = (frame, state, _) =>
            {
                pending.Reply(int.Parse(frame.GetText(), System.Globalization.CultureInfo.InvariantCulture), "answer");
                return LateResult.Ok(state);
            },
        };
        await using var host = new TestHost(handler);
        var socket = await host.ReadyAsync();
        var call = host.Client.CallAsync(new Ask("a"), Token);
        socket.Send(await socket.SentAsync());

        Assert.Equal("answer", await call);
        Assert.Equal(0, pending.Count);
    }

    [Fact]
    public async Task P5_P6_a_call_without_reply_ends_by_its_timeout_and_releases_all_resources()
    {
        var (pending, calls) = (new LatePendingCalls(), new List<LateCall<string>>());
        var handler = KeepingHandler(pending, calls);
        await using var host = new TestHost(handler);
        var socket = await host.ReadyAsync();
        var call = host.Client.CallAsync(new Ask("a"), Token);
        await socket.SentAsync();
        host.Time.Advance(TimeSpan.FromSeconds(5));

        var error = await Assert.ThrowsAsync<LateCallTimeoutException>(() => call);

        Assert.IsAssignableFrom<TimeoutException>(error);
        Assert.Equal(LateDelivery.Unknown, error.Delivery);
        Assert.Equal((0, 0), (pending.Count, host.Statistics.CallsInProgress));
        Assert.False(calls[0].Reply("too late"));
        Assert.False(calls[0].Fail(new InvalidOperationException()));
    }

    [Fact]
    public async Task P5_a_call_ends_by_a_CallTimeout_that_was_shortened_since_the_last_call()
    {
        var calls = new List<LateCall<string>>();
        await using var host = new TestHost(KeepingHandler(new(), calls), settings: new() { ["Late:Forwarding:CallTimeout"] = "00:00:30" });
        var socket = await host.ReadyAsync();
        var answered = host.Client.CallAsync(new Ask("a"), Token);
        await socket.SentAsync();
        calls[0].Reply("answer");
        await answered;
        host.Configuration["Late:Forwarding:CallTimeout"] = "00:00:02";
        host.Configuration.Reload();
        var call = host.Client.CallAsync(new Ask("b"), Token);
        await socket.SentAsync();
        host.Time.Advance(TimeSpan.FromSeconds(2));

        await Assert.ThrowsAsync<LateCallTimeoutException>(() => call);
    }

    [Fact]
    public async Task P5_a_call_has_a_timeout_of_its_own()
    {
        var handler = KeepingHandler(new(), []);
        await using var host = new TestHost(handler);
        var socket = await host.ReadyAsync();
        var call = host.Client.CallAsync(new Ask("a"), new LateCallOptions { Timeout = TimeSpan.FromSeconds(1) }, Token);
        await socket.SentAsync();
        host.Time.Advance(TimeSpan.FromSeconds(1));

        await Assert.ThrowsAsync<LateCallTimeoutException>(() => call);
    }

    [Fact]
    public async Task P5_a_callers_cancellation_ends_the_call_and_releases_all_resources()
    {
        var pending = new LatePendingCalls();
        await using var host = new TestHost(KeepingHandler(pending, []));
        var socket = await host.ReadyAsync();
        using var caller = new CancellationTokenSource();
        var call = host.Client.CallAsync(new Ask("a"), caller.Token);
        await socket.SentAsync();
        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Equal((0, 0), (pending.Count, host.Statistics.CallsInProgress));
    }

    [Fact]
    public async Task P5_P6_a_disconnect_ends_calls_with_what_is_known()
    {
        var pending = new LatePendingCalls();
        var hold = new TaskCompletionSource();
        var handler = KeepingHandler(pending, []);
        handler.Info = async (_, state, _) =>
        {
            await hold.Task;
            return LateResult.Ok(state);
        };
        await using var host = new TestHost(handler);
        var socket = await host.ReadyAsync();
        var seen = host.Client.CallAsync(new Ask("seen"), Token);
        await socket.SentAsync();
        await host.Client.PostAsync(new Note("blocks"), Token);
        var unseen = host.Client.CallAsync(new Ask("unseen"), Token);
        socket.Drop();

        var notDelivered = await Assert.ThrowsAsync<LateDisconnectedException>(() => unseen);
        hold.SetResult();
        var unknown = await Assert.ThrowsAsync<LateDisconnectedException>(() => seen);

        Assert.Equal(LateDelivery.NotDelivered, notDelivered.Delivery);
        Assert.Equal(LateDelivery.Unknown, unknown.Delivery);
        Assert.Equal(0, pending.Count);
        Assert.DoesNotContain("Call unseen", host.Handler.Trace());
    }

    [Fact]
    public async Task P5_P6_a_call_that_waits_for_a_session_times_out_as_not_delivered()
    {
        await using var host = new TestHost();
        await host.StartAsync();
        var call = host.Client.CallAsync(new Ask("a"), Token);
        host.Time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(LateDelivery.NotDelivered, (await Assert.ThrowsAsync<LateCallTimeoutException>(() => call)).Delivery);
    }

    [Fact]
    public async Task P2_an_exception_from_a_call_goes_to_its_caller_and_leaves_the_state()
    {
        var handler = new ScriptedHandler
        {
            Call = (request, call, state, _) =>
            {
                if (request.Text == "bad")
                {
                    throw new FormatException("bad");
                }

                call.Reply($"{state}");
                return LateResult.Ok(state + 1);
            },
        };
        await using var host = new TestHost(handler);
        await host.ReadyAsync();

        Assert.Equal("0", await host.Client.CallAsync(new Ask("good"), Token));
        await Assert.ThrowsAsync<FormatException>(() => host.Client.CallAsync(new Ask("bad"), Token));
        Assert.Equal("1", await host.Client.CallAsync(new Ask("good"), Token));
    }

    [Theory]
    [InlineData(LateHandlerErrorBehavior.Continue, LateConnectionState.Ready)]
    [InlineData(LateHandlerErrorBehavior.Restart, LateConnectionState.Reconnecting)]
    [InlineData(LateHandlerErrorBehavior.Stop, LateConnectionState.Faulted)]
    public async Task P2_an_exception_from_HandleIn_is_logged_and_followed_by_the_policy(LateHandlerErrorBehavior policy, LateConnectionState follows)
    {
        var handler = new ScriptedHandler { In = (_, _, _) => throw new FormatException("bad frame") };
        await using var host = new TestHost(handler, options => options.HandlerErrors = policy);
        var socket = await host.ReadyAsync();
        socket.Send("a");
        while (await host.Handler.NextAsync() is var callback && callback != "In a")
        {
        }

        if (policy == LateHandlerErrorBehavior.Continue)
        {
            await host.Client.CallAsync(new Ask("after"), Token);
        }
        else
        {
            Assert.Equal(1011, (await socket.Closed).Code);
            await host.StateAsync(follows);
        }

        Assert.Equal(follows, host.Client.State);
        Assert.Contains(host.Logs.GetSnapshot(), record => record.Exception?.Message == typeof(FormatException).FullName);
        if (policy == LateHandlerErrorBehavior.Restart)
        {
            await host.NextAttemptAsync();
            await host.Transport.AcceptAsync();
            await host.Client.WaitForReadyAsync(Token);
            Assert.Equal(["Disconnect HandlerError", "Terminate HandlerError", "Init", "Connect"], host.Handler.Trace());
        }
    }

    [Fact]
    public async Task P7_calls_wait_until_HandleConnect_has_run_and_its_frames_are_written()
    {
        var login = new TaskCompletionSource();
        var handler = new ScriptedHandler
        {
            Connect = async (state, _) =>
            {
                await login.Task;
                return LateResult.Send(state, LateFrame.Text("login"));
            },
        };
        await using var host = new TestHost(handler);
        await host.StartAsync();
        var socket = await host.Transport.AcceptAsync();
        var call = host.Client.CallAsync(new Ask("a"), Token);
        var failing = host.Client.CallAsync(new Ask("b"), new LateCallOptions { WhenNotReady = LateWhenNotReady.Fail }, Token);

        Assert.Equal(LateDelivery.NotDelivered, (await Assert.ThrowsAsync<LateDisconnectedException>(() => failing)).Delivery);
        login.SetResult();
        Assert.Equal("a", await call);
        Assert.Equal("login", await socket.SentAsync());
    }

    [Fact]
    public async Task P7_held_calls_wait_for_the_result_that_releases_them()
    {
        var handler = new ScriptedHandler
        {
            Connect = (state, _) => LateResult.Send(state, LateFrame.Text("login")).HoldCalls(),
            In = (_, state, _) => LateResult.Send(state, LateFrame.Text("thanks")).ReleaseCalls(),
        };
        await using var host = new TestHost(handler);
        await host.StartAsync();
        var socket = await host.Transport.AcceptAsync();
        var call = host.Client.CallAsync(new Ask("a"), Token);
        Assert.Equal("login", await socket.SentAsync());
        Assert.Equal(LateConnectionState.Connected, host.Client.State);
        socket.Send("welcome");

        Assert.Equal("a", await call);
        Assert.Equal("thanks", await socket.SentAsync());
        Assert.Equal(LateConnectionState.Ready, host.Client.State);
    }

    [Fact]
    public async Task P7_a_session_that_does_not_release_its_calls_in_time_is_a_failed_attempt()
    {
        var handler = new ScriptedHandler { Connect = (state, _) => LateResult.Send(state, LateFrame.Text("login")).HoldCalls() };
        await using var host = new TestHost(handler);
        await host.StartAsync();
        var socket = await host.Transport.AcceptAsync();
        await socket.SentAsync();
        host.Time.Advance(TimeSpan.FromSeconds(10));

        await host.WaitingUntilAsync();

        Assert.Equal(["Init", "Connect", "Disconnect ReadyTimeout"], host.Handler.Trace());
    }

    [Fact]
    public async Task P15_a_faulted_connection_fails_calls_immediately_and_reports_it_loudly()
    {
        await using var host = new TestHost();
        await host.StartAsync();
        var waiting = host.Client.CallAsync(new Ask("waiting"), Token);
        (await host.Transport.AttemptAsync()).Refuse(System.Net.HttpStatusCode.Forbidden);

        var error = await Assert.ThrowsAsync<LateFaultedException>(() => waiting);
        await Assert.ThrowsAsync<LateFaultedException>(() => host.Client.CallAsync(new Ask("later"), Token));
        await Assert.ThrowsAsync<LateFaultedException>(() => host.Client.WaitForReadyAsync(Token));

        Assert.IsType<LateConnectException>(error.InnerException);
        Assert.Contains(host.Logs.GetSnapshot(), record => record.Level == Microsoft.Extensions.Logging.LogLevel.Critical);
    }

    private static ScriptedHandler KeepingHandler(LatePendingCalls pending, List<LateCall<string>> calls) => new()
    {
        Call = (_, call, state, _) =>
        {
            calls.Add(call);
            return LateResult.Send(state, LateFrame.Text($"{pending.Add(call)}"));
        },
    };
}
