using Late.Hosting.Tests.Support;
using static Late.Hosting.Tests.Connection.Callbacks.Vacancies;

namespace Late.Hosting.Tests.Connection.Callbacks;

/// <summary>When posts that need no session run (design §2a).</summary>
public sealed class VacancyTests
{
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

        await host.Client.PostAsync(new Note("login"), Free, Token);
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
        var waiting = host.Client.PostAsync(new Note("before"), Free, Token).AsTask();
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
        await host.Client.PostAsync(new Note("during"), Free, Token);
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
            await host.Client.PostAsync(new Note(text), Free, Token);
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
        await host.Client.PostAsync(new Note("waits"), Free, Token);
        await host.Client.ReconnectAsync("now", Token);
        hold.SetResult();
        await socket.Closed;
        var next = await host.Transport.AcceptAsync();
        await host.Client.WaitForReadyAsync(Token);

        await host.Handler.SkipToAsync("Info waits");
        Assert.False(next.Closed.IsCompleted);
    }

    [Fact]
    public async Task P16_in_a_session_it_waits_for_the_next_gap_between_frames()
    {
        var handler = new ScriptedHandler();
        handler.In = async (frame, state, _) =>
        {
            if (frame.GetText() == "1")
            {
                await handler.Client.PostAsync(new Note("due"), Free, Token);
            }

            return LateResult.Ok(state);
        };
        handler.Info = async (note, state, _) =>
        {
            if (note.Text == "due")
            {
                await handler.Client.PostAsync(new Note("later"), Free, Token);
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
        await host.Client.PostAsync(new Note("free"), Free, Token);
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
        await host.Client.PostAsync(new Note("free"), Free, Token);
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
        host.Client.PostAfter(TimeSpan.FromMilliseconds(1), new Note("due"), Free);
        host.Client.PostAfter(TimeSpan.FromMilliseconds(1), new Note("of the session"));
        var canceled = host.Client.PostAfter(TimeSpan.FromMilliseconds(1), new Note("canceled"), Free);
        canceled.Dispose();
        socket.Drop();
        Assert.Equal("Disconnect ConnectionLost", await host.Handler.NextAsync());
        await host.WaitingUntilAsync();
        host.Time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal("Info due", await host.Handler.NextAsync());

        host.Handler.Info = (_, state, _) => LateResult.Fault(state, "The end");
        host.Client.PostAfter(TimeSpan.FromHours(1), new Note("of the last life"), Free);
        await PostAsync(host, "fault");
        await host.Handler.SkipToAsync("Terminate Faulted");
        host.Handler.Info = (_, state, _) => LateResult.Ok(state);
        await host.Client.ReconnectAsync("again", Token);
        await host.Handler.SkipToAsync("Init");
        host.Time.Advance(TimeSpan.FromHours(1));
        await PostAsync(host, "of this life");
    }
}
