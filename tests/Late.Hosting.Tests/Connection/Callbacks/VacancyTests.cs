using System.Net;
using Late.Hosting.Tests.Support;

namespace Late.Hosting.Tests.Connection.Callbacks;

/// <summary>Posts that need no session (design §2a).</summary>
public sealed class VacancyTests
{
    private static readonly LatePostOptions s_free = new() { RunsWithoutSession = true };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task S2a_it_runs_before_the_first_connect_between_sessions_during_the_backoff_and_while_connecting()
    {
        await using var host = new TestHost();
        await host.StartAsync();
        var attempt = await host.Transport.AttemptAsync();
        await PostAsync(host, "connecting");
        attempt.Refuse();
        await host.WaitingUntilAsync();
        await PostAsync(host, "waiting");
        await host.NextAttemptAsync();
        var socket = await host.Transport.AcceptAsync();
        await host.Client.WaitForReadyAsync(Token);
        Assert.Equal("Connect", await host.Handler.NextAsync());
        await PostAsync(host, "in a session");
        socket.Drop();
        Assert.Equal("Disconnect ConnectionLost", await host.Handler.NextAsync());
        await PostAsync(host, "between sessions");
    }

    [Fact]
    public async Task S2a_it_runs_while_a_session_holds_calls_and_its_frames_are_sent_there()
    {
        var handler = new ScriptedHandler
        {
            Connect = (state, _) => LateResult.Ok(state).HoldCalls(),
            Info = (note, state, _) => LateResult.Send(state, LateFrame.Text(note.Text)),
        };
        await using var host = new TestHost(handler);
        await host.StartAsync();
        var socket = await host.Transport.AcceptAsync();
        await handler.SkipToAsync("Connect");

        await host.Client.PostAsync(new Note("login"), s_free, Token);
        Assert.Equal("login", await socket.SentAsync());
    }

    [Fact]
    public async Task P1_one_that_comes_before_the_end_of_Init_waits_for_it()
    {
        var init = new TaskCompletionSource();
        var handler = new ScriptedHandler
        {
            Init = async (_, _) =>
            {
                await init.Task;
                return 7;
            },
            Info = (_, state, _) => state == 7 ? LateResult.Ok(state) : throw new InvalidOperationException("There is no state yet."),
        };
        await using var host = new TestHost(handler);
        await host.StartAsync();
        await handler.SkipToAsync("Init");
        var waiting = host.Client.PostAsync(new Note("before"), s_free, Token).AsTask();
        Assert.False(waiting.IsCompleted);
        init.SetResult();
        await waiting;

        Assert.Equal("Info before", await handler.NextAsync());
        Assert.DoesNotContain(host.Logs.GetSnapshot(), static entry => entry.Id.Name == "CallbackThrew");
    }

    [Fact]
    public async Task P1_one_that_is_posted_during_HandleConnecting_runs_after_it_and_before_the_answer()
    {
        var connecting = new TaskCompletionSource();
        var handler = new ScriptedHandler
        {
            Connecting = async (_, state, _) =>
            {
                await connecting.Task;
                return state + 1;
            },
            Info = (_, state, _) => LateResult.Ok(state * 10),
            Connect = (state, _) => LateResult.Send(state, LateFrame.Text($"{state}")),
        };
        await using var host = new TestHost(handler);
        await host.StartAsync();
        await handler.SkipToAsync("Connecting");
        await host.Client.PostAsync(new Note("during"), s_free, Token);
        Assert.Empty(handler.Trace());
        connecting.SetResult();
        var attempt = await host.Transport.AttemptAsync();
        Assert.Equal("Info during", await handler.NextAsync());

        Assert.Equal("10", await attempt.Accept().SentAsync());
    }

    [Fact]
    public async Task P1_a_session_begins_when_the_post_that_runs_has_completed()
    {
        var hold = new TaskCompletionSource();
        await using var host = new TestHost(Blocked(hold));
        await host.StartAsync();
        var attempt = await host.Transport.AttemptAsync();
        await PostAsync(host, "blocks");
        var socket = attempt.Accept();
        await socket.Reading;
        socket.Send("early");
        Assert.Empty(host.Handler.Trace());
        hold.SetResult();

        Assert.Equal(["Connect", "In early"], [await host.Handler.NextAsync(), await host.Handler.NextAsync()]);
    }

    [Fact]
    public async Task P1_posts_run_in_the_order_in_which_they_were_accepted_over_the_end_of_a_session()
    {
        var hold = new TaskCompletionSource();
        await using var host = new TestHost(Blocked(hold));
        var socket = await host.ReadyAsync();
        host.Handler.Trace();
        await PostAsync(host, "blocks");
        await host.Client.PostAsync(new Note("needs a session"), Token);
        foreach (var text in new[] { "1", "2", "3" })
        {
            await host.Client.PostAsync(new Note(text), s_free, Token);
        }

        socket.Drop();
        await host.StateAsync(LateConnectionState.Reconnecting);
        hold.SetResult();

        Assert.Equal("Disconnect ConnectionLost", await host.Handler.NextAsync());
        Assert.Equal(["Info 1", "Info 2", "Info 3"], [await host.Handler.NextAsync(), await host.Handler.NextAsync(), await host.Handler.NextAsync()]);
        Assert.Single(host.Logs.GetSnapshot(), static entry => entry.Id.Name == "PostDropped");
    }

    [Fact]
    public async Task P1_one_that_a_session_did_not_take_runs_in_the_next_where_nothing_is_between_them()
    {
        var hold = new TaskCompletionSource();
        await using var host = new TestHost(Blocked(hold));
        var socket = await host.ReadyAsync();
        host.Handler.Trace();
        await PostAsync(host, "blocks");
        await host.Client.PostAsync(new Note("waits"), s_free, Token);
        await host.Client.ReconnectAsync("now", Token);
        hold.SetResult();
        await socket.Closed;
        var next = await host.Transport.AcceptAsync();
        await host.Client.WaitForReadyAsync(Token);

        await host.Handler.SkipToAsync("Info waits");
        Assert.False(next.Closed.IsCompleted);
    }

    [Fact]
    public async Task S2a_a_result_with_frames_is_an_error_without_a_session_and_leaves_the_state()
    {
        var states = new List<int>();
        var handler = new ScriptedHandler
        {
            Info = (note, state, _) =>
            {
                states.Add(state);
                return note.Text switch
                {
                    "frames" => LateResult.Send(state + 1, LateFrame.Text("x")),
                    "slot" => LateResult.Ok(state + 1).ReleaseSlot(),
                    _ => LateResult.Ok(state).HoldCalls(),
                };
            },
        };
        await using var host = new TestHost(handler);
        await host.StartAsync();
        await host.Transport.AttemptAsync();
        await PostAsync(host, "frames");
        await PostAsync(host, "slot");
        await PostAsync(host, "holds");
        await PostAsync(host, "last");
        await host.LoggedAsync("CallbackThrew");

        Assert.Equal([0, 0, 0, 0], states);
        Assert.Contains(host.Logs.GetSnapshot(), static entry => entry.Id.Name == "CallbackThrew" && entry.Message.Contains("HandleInfo", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task S2a_Stop_ends_the_connection_without_a_session(bool isConnecting)
    {
        var handler = new ScriptedHandler { Info = (_, state, _) => LateResult.Stop(state, reason: "enough") };
        await using var host = new TestHost(handler);
        await VacantAsync(host, isConnecting);
        await host.Client.PostAsync(new Note("stop"), s_free, Token);
        await host.StateAsync(LateConnectionState.Stopped);

        Assert.Equal(["Info stop", "Terminate HandlerStopped"], handler.Trace()[^2..]);
        Assert.Equal("The handler stopped the connection with 1000 \"enough\".", host.Client.Status.Reason);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task S2a_Fault_faults_the_connection_without_a_session(bool isConnecting)
    {
        var handler = new ScriptedHandler { Info = (_, state, _) => LateResult.Fault(state, "The account is closed") };
        await using var host = new TestHost(handler);
        await VacantAsync(host, isConnecting);
        await host.Client.PostAsync(new Note("fault"), s_free, Token);
        await host.StateAsync(LateConnectionState.Faulted);
        await handler.SkipToAsync("Terminate Faulted");

        Assert.Equal("The handler faulted the connection: The account is closed.", host.Client.Status.Reason);
        await Assert.ThrowsAsync<LateFaultedException>(() => host.Client.PostAsync(new Note("late"), s_free, Token).AsTask());
        Assert.Throws<LateFaultedException>(() => host.Client.PostAfter(TimeSpan.Zero, new Note("late"), s_free));
        Assert.Equal(1, host.Transport.Count);
    }

    [Fact]
    public async Task P15_a_new_life_after_the_fault_of_a_post_begins_only_when_it_is_due()
    {
        var handler = new ScriptedHandler { Info = (_, state, _) => LateResult.Fault(state, "The account is closed") };
        await using var host = new TestHost(handler, options => options.OnFault = LateFaultBehavior.Restart);
        await VacantAsync(host, isConnecting: true);
        await host.Client.PostAsync(new Note("fault"), s_free, Token);
        await host.LoggedAsync("Restarting");
        await host.Time.TimerAsync(host.Client.Status.NextAttemptAt!.Value);

        Assert.Equal(LateConnectionState.Faulted, host.Client.State);
        host.Time.Advance(host.Client.Status.NextAttemptAt!.Value - host.Time.GetUtcNow());
        await host.Transport.AcceptAsync();
        await host.Client.WaitForReadyAsync(Token);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task S2a_Reconnect_makes_the_next_attempt_immediately_at_its_address(bool isConnecting)
    {
        var handler = new ScriptedHandler { Info = (_, state, _) => LateResult.Reconnect(state, new LateReconnect { Reason = "moved", Uri = new Uri("ws://feed.example/moved") }) };
        await using var host = new TestHost(handler);
        await VacantAsync(host, isConnecting);
        await host.Client.PostAsync(new Note("reconnect"), s_free, Token);
        var attempt = await host.Transport.AttemptAsync();

        Assert.Equal("ws://feed.example/moved", attempt.Request.Uri?.OriginalString);
        attempt.Accept();
        await host.Client.WaitForReadyAsync(Token);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task S2a_Reconnect_waits_for_its_delay(bool isConnecting)
    {
        var handler = new ScriptedHandler { Info = (_, state, _) => LateResult.Reconnect(state, new LateReconnect { After = TimeSpan.FromMinutes(3), Uri = new Uri("ws://feed.example/moved") }) };
        await using var host = new TestHost(handler);
        await VacantAsync(host, isConnecting);
        var due = host.Time.GetUtcNow() + TimeSpan.FromMinutes(3);
        await host.Client.PostAsync(new Note("reconnect"), s_free, Token);
        await host.Time.TimerAsync(due);
        Assert.Equal(due, await host.WaitingUntilAsync());

        host.Time.Advance(TimeSpan.FromMinutes(3));
        Assert.Equal("ws://feed.example/moved", (await host.Transport.AttemptAsync()).Request.Uri?.OriginalString);
    }

    [Fact]
    public async Task S2a_what_a_post_asks_for_without_a_session_ends_the_session_that_has_opened_meanwhile()
    {
        var hold = new TaskCompletionSource();
        var handler = Blocked(hold, LateResult.Stop(0));
        await using var host = new TestHost(handler);
        await host.StartAsync();
        var attempt = await host.Transport.AttemptAsync();
        await PostAsync(host, "stop");
        var socket = attempt.Accept();
        await host.StateAsync(LateConnectionState.Connected);
        hold.SetResult();
        await host.StateAsync(LateConnectionState.Stopped);

        Assert.Equal(1000, (await socket.Closed).Code);
        Assert.Equal(["Connect", "Disconnect HandlerStopped", "Terminate HandlerStopped"], handler.Trace());
    }

    [Fact]
    public async Task P9_a_stop_waits_for_the_post_that_runs_and_drops_those_behind_it()
    {
        var hold = new TaskCompletionSource();
        var handler = Blocked(hold);
        await using var host = new TestHost(handler);
        await VacantAsync(host, isConnecting: false);
        await PostAsync(host, "blocks");
        await host.Client.PostAsync(new Note("dropped"), s_free, Token);
        var stop = host.StopAsync(Token);
        await host.StateAsync(LateConnectionState.Stopping);
        await Assert.ThrowsAsync<LateStoppedException>(() => host.Client.PostAsync(new Note("late"), s_free, Token).AsTask());
        hold.SetResult();
        await stop;

        Assert.Equal(["Terminate HostStopping"], handler.Trace());
        Assert.Single(host.Logs.GetSnapshot(), static entry => entry.Id.Name == "PostDropped");
    }

    [Fact]
    public async Task P9_a_stop_does_not_wait_for_a_post_that_ignores_its_token()
    {
        var hold = new TaskCompletionSource();
        var handler = Blocked(hold);
        await using var host = new TestHost(handler);
        await VacantAsync(host, isConnecting: true);
        await PostAsync(host, "blocks");
        var stop = host.StopAsync(Token);
        await host.StateAsync(LateConnectionState.Stopping);
        host.Time.Advance(TimeSpan.FromSeconds(10));
        await stop;

        Assert.Equal(LateConnectionState.Stopped, host.Client.State);
        hold.SetResult();
        Assert.Empty(handler.Trace());
    }

    [Fact]
    public async Task P9_no_session_begins_behind_a_post_that_a_stop_has_abandoned()
    {
        var hold = new TaskCompletionSource();
        var handler = Blocked(hold);
        await using var host = new TestHost(handler);
        await host.StartAsync();
        var attempt = await host.Transport.AttemptAsync();
        await PostAsync(host, "blocks");
        var socket = attempt.Accept();
        await host.StateAsync(LateConnectionState.Connected);
        var stop = host.StopAsync(Token);
        await host.StateAsync(LateConnectionState.Stopping);
        host.Time.Advance(TimeSpan.FromSeconds(10));
        await stop;

        Assert.True(socket.Aborted.IsCompleted);
        hold.SetResult();
        Assert.Empty(handler.Trace());
    }

    [Fact]
    public async Task P8_they_take_room_and_wait_for_it_while_calls_wait_for_a_session()
    {
        var hold = new TaskCompletionSource();
        var handler = Blocked(hold);
        await using var host = new TestHost(handler, options => options.MailboxCapacity = 2);
        await VacantAsync(host, isConnecting: true);
        var call = host.Client.CallAsync(new Ask("waits for a session"), new LateCallOptions { Timeout = Timeout.InfiniteTimeSpan }, Token);
        await PostAsync(host, "blocks");
        var posts = Enumerable.Range(0, 3).Select(i => host.Client.PostAsync(new Note($"{i}"), s_free, Token).AsTask()).ToArray();

        Assert.Equal([true, true, false], posts.Select(static post => post.IsCompletedSuccessfully));
        hold.SetResult();
        await Task.WhenAll(posts);
        Assert.Equal(["Info 0", "Info 1", "Info 2"], [await handler.NextAsync(), await handler.NextAsync(), await handler.NextAsync()]);
        Assert.False(call.IsCompleted);
    }

    [Fact]
    public async Task P8_one_that_waits_for_room_is_accepted_when_the_end_of_a_session_makes_it()
    {
        var hold = new TaskCompletionSource();
        var handler = Blocked(hold);
        await using var host = new TestHost(handler, options => options.MailboxCapacity = 1);
        var socket = await host.ReadyAsync();
        handler.Trace();
        await PostAsync(host, "blocks");
        await host.Client.PostAsync(new Note("needs a session"), Token);
        var post = host.Client.PostAsync(new Note("free"), s_free, Token).AsTask();
        Assert.False(post.IsCompleted);
        socket.Drop();
        await post;
        hold.SetResult();

        await handler.SkipToAsync("Info free");
    }

    [Fact]
    public async Task P16_in_a_session_it_waits_for_the_next_gap_between_frames()
    {
        var handler = new ScriptedHandler();
        handler.In = async (frame, state, _) =>
        {
            if (frame.GetText() == "1")
            {
                await handler.Client.PostAsync(new Note("due"), s_free, Token);
            }

            return LateResult.Ok(state);
        };
        handler.Info = async (note, state, _) =>
        {
            if (note.Text == "due")
            {
                await handler.Client.PostAsync(new Note("later"), s_free, Token);
            }

            return LateResult.Ok(state);
        };
        await using var host = new TestHost(handler);
        var socket = await host.ReadyAsync();
        handler.Trace();
        socket.Send("1", "2", "3");

        var order = new List<string>();
        while (order.Count < 5)
        {
            order.Add(await handler.NextAsync());
        }

        Assert.Equal(["In 1", "Info due", "In 2", "Info later", "In 3"], order);
    }

    [Fact]
    public async Task P18_in_a_held_close_it_waits_for_the_end_of_the_session()
    {
        var handler = new ScriptedHandler
        {
            Closing = (_, state, _) => LateResult.Ok(state).HoldClose(),
            In = (_, state, _) => LateResult.Ok(state).ReleaseClose(),
        };
        await using var host = new TestHost(handler);
        var socket = await host.ReadyAsync();
        handler.Trace();
        await host.Client.ReconnectAsync("now", Token);
        Assert.Equal("Closing ReconnectRequested", await handler.NextAsync());
        await host.Client.PostAsync(new Note("free"), s_free, Token);
        socket.Send("last");

        Assert.Equal(
            ["In last", "Disconnect ReconnectRequested", "Info free"],
            [await handler.NextAsync(), await handler.NextAsync(), await handler.NextAsync()]);
    }

    [Fact]
    public async Task S2a_one_of_the_old_session_is_handled_over_the_connection_that_was_made_first()
    {
        var hold = new TaskCompletionSource();
        var handler = Blocked(hold);
        await using var host = new TestHost(handler);
        var socket = await host.ReadyAsync();
        handler.Trace();
        await host.Client.ReconnectAsync(new LateReconnect { Order = LateReconnectOrder.ConnectFirst }, Token);
        var attempt = await host.Transport.AttemptAsync();
        await PostAsync(host, "blocks");
        var next = attempt.Accept();
        await host.StateAsync(LateConnectionState.Reconnecting);
        await host.Client.PostAsync(new Note("free"), s_free, Token);
        hold.SetResult();
        await socket.Closed;
        await host.Client.WaitForReadyAsync(Token);
        await handler.SkipToAsync("Info free");

        Assert.Equal(2, host.Transport.Count);
        Assert.False(next.Closed.IsCompleted);
    }

    [Fact]
    public async Task S2a_a_delayed_one_outlasts_sessions_and_ends_with_its_life()
    {
        await using var host = new TestHost();
        var socket = await host.ReadyAsync();
        host.Handler.Trace();
        host.Client.PostAfter(TimeSpan.FromMilliseconds(1), new Note("due"), s_free);
        host.Client.PostAfter(TimeSpan.FromMilliseconds(1), new Note("of the session"));
        var canceled = host.Client.PostAfter(TimeSpan.FromMilliseconds(1), new Note("canceled"), s_free);
        canceled.Dispose();
        socket.Drop();
        Assert.Equal("Disconnect ConnectionLost", await host.Handler.NextAsync());
        await host.WaitingUntilAsync();
        host.Time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal("Info due", await host.Handler.NextAsync());

        host.Handler.Info = (_, state, _) => LateResult.Fault(state, "The end");
        host.Client.PostAfter(TimeSpan.FromHours(1), new Note("of the last life"), s_free);
        await PostAsync(host, "fault");
        await host.Handler.SkipToAsync("Terminate Faulted");
        host.Handler.Info = (_, state, _) => LateResult.Ok(state);
        await host.Client.ReconnectAsync("again", Token);
        await host.Handler.SkipToAsync("Init");
        host.Time.Advance(TimeSpan.FromHours(1));
        await PostAsync(host, "of this life");
    }

    [Fact]
    public async Task S2a_before_the_start_it_waits_or_fails_as_its_sender_has_chosen()
    {
        await using var host = new TestHost();
        var waiting = host.Client.PostAsync(new Note("waits"), s_free, Token).AsTask();
        await Assert.ThrowsAsync<LateDisconnectedException>(
            () => host.Client.PostAsync(new Note("fails"), s_free with { WhenNotReady = LateWhenNotReady.Fail }, Token).AsTask());
        Assert.Throws<LateDisconnectedException>(() => host.Client.PostAfter(TimeSpan.Zero, new Note("fails"), s_free));
        Assert.Throws<ArgumentException>(() => host.Client.PostAfter(TimeSpan.Zero, new Note("x"), s_free with { WhenNotReady = LateWhenNotReady.Fail }));
        Assert.False(waiting.IsCompleted);
        await host.StartAsync();
        await waiting;

        await host.Handler.SkipToAsync("Info waits");
        await host.Client.PostAsync(new Note("is taken"), s_free with { WhenNotReady = LateWhenNotReady.Fail }, Token);
        await host.Handler.SkipToAsync("Info is taken");
    }

    [Theory]
    [InlineData(LateHandlerErrorBehavior.Continue)]
    [InlineData(LateHandlerErrorBehavior.Stop)]
    public async Task P2_one_that_throws_leaves_the_state_and_the_policy_decides(LateHandlerErrorBehavior policy)
    {
        var states = new List<int>();
        var handler = new ScriptedHandler
        {
            Info = (note, state, _) =>
            {
                states.Add(state);
                return note.Text == "throws" ? throw new FormatException() : LateResult.Ok(state + 1);
            },
        };
        await using var host = new TestHost(handler, options => options.HandlerErrors = policy);
        await VacantAsync(host, isConnecting: true);
        await PostAsync(host, "counts");
        await PostAsync(host, "throws");
        if (policy == LateHandlerErrorBehavior.Stop)
        {
            await handler.SkipToAsync("Terminate Faulted");
            Assert.Equal("HandleInfo threw FormatException.", host.Client.Status.Reason);
            return;
        }

        await PostAsync(host, "counts");
        Assert.Equal([0, 1, 1], states);
    }

    [Fact]
    public async Task P2_one_that_throws_makes_a_new_state_where_the_policy_is_Restart()
    {
        var handler = new ScriptedHandler { Info = (note, _, _) => note.Text == "throws" ? throw new FormatException() : LateResult.Ok(0) };
        await using var host = new TestHost(handler, options => options.HandlerErrors = LateHandlerErrorBehavior.Restart);
        await VacantAsync(host, isConnecting: true);
        await PostAsync(host, "throws");
        await handler.SkipToAsync("Init");
        await PostAsync(host, "of the new state");
        await host.NextAttemptAsync();
        await host.Transport.AcceptAsync();
        await host.Client.WaitForReadyAsync(Token);
    }

    [Fact]
    public async Task S2a_a_refused_upgrade_does_not_end_them()
    {
        await using var host = new TestHost();
        await host.StartAsync();
        for (var i = 0; i < 5; i++)
        {
            var attempt = await host.Transport.AttemptAsync();
            await PostAsync(host, $"{i}");
            attempt.Refuse(HttpStatusCode.ServiceUnavailable);
            await host.NextAttemptAsync();
        }
    }

    /// <summary>Waits until the connection has no session: an attempt is in progress, or waited for.</summary>
    private static async Task VacantAsync(TestHost host, bool isConnecting)
    {
        await host.StartAsync();
        var attempt = await host.Transport.AttemptAsync();
        if (!isConnecting)
        {
            attempt.Refuse();
            await host.WaitingUntilAsync();
        }

        await host.Handler.SkipToAsync("Init");
    }

    /// <summary>Posts a message that needs no session, and waits until it runs.</summary>
    private static async Task PostAsync(TestHost host, string text)
    {
        await host.Client.PostAsync(new Note(text), s_free, Token);
        await host.Handler.SkipToAsync($"Info {text}");
    }

    private static ScriptedHandler Blocked(TaskCompletionSource hold, LateResult<int>? then = null) => new()
    {
        Info = async (_, state, _) =>
        {
            await hold.Task;
            return then ?? LateResult.Ok(state);
        },
    };
}
