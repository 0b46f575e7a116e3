using System.Net;
using Late.Hosting.Tests.Support;
using static Late.Hosting.Tests.Connection.Callbacks.Vacancies;

namespace Late.Hosting.Tests.Connection.Callbacks;

/// <summary>What the results of posts that need no session do, and what ends them (design §2a).</summary>
public sealed class VacancyResultTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

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
        await host.Client.PostAsync(new Note("stop"), Free, Token);
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
        await host.Client.PostAsync(new Note("fault"), Free, Token);
        await host.StateAsync(LateConnectionState.Faulted);
        await handler.SkipToAsync("Terminate Faulted");

        Assert.Equal("The handler faulted the connection: The account is closed.", host.Client.Status.Reason);
        await Assert.ThrowsAsync<LateFaultedException>(() => host.Client.PostAsync(new Note("late"), Free, Token).AsTask());
        Assert.Throws<LateFaultedException>(() => host.Client.PostAfter(TimeSpan.Zero, new Note("late"), Free));
        Assert.Equal(1, host.Transport.Count);
    }

    [Fact]
    public async Task P15_a_new_life_after_the_fault_of_a_post_begins_only_when_it_is_due()
    {
        var handler = new ScriptedHandler { Info = (_, state, _) => LateResult.Fault(state, "The account is closed") };
        await using var host = new TestHost(handler, options => options.OnFault = LateFaultBehavior.Restart);
        await VacantAsync(host, isConnecting: true);
        await host.Client.PostAsync(new Note("fault"), Free, Token);
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
        await host.Client.PostAsync(new Note("reconnect"), Free, Token);
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
        await host.Client.PostAsync(new Note("reconnect"), Free, Token);
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
        await host.Client.PostAsync(new Note("dropped"), Free, Token);
        var stop = host.StopAsync(Token);
        await host.StateAsync(LateConnectionState.Stopping);
        await Assert.ThrowsAsync<LateStoppedException>(() => host.Client.PostAsync(new Note("late"), Free, Token).AsTask());
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
}
