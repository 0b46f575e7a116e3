using System.Net;
using Late.Hosting.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Late.Hosting.Tests.Connection;

/// <summary>A new life after an error of the handler (promise P2, <c>HandlerErrors = Restart</c>).</summary>
public sealed class HandlerErrorLifeTests
{
    private static readonly LatePostOptions s_free = new() { RunsWithoutSession = true };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task P2_P3_an_error_ends_the_life_and_the_next_begins_with_a_new_handler_while_the_client_stays()
    {
        var handlers = new List<object>();
        var reasons = new List<LateTerminateReason>();
        var handler = Throwing();
        handler.Init = (_, _) =>
        {
            handlers.Add(handler.Handler);
            return new(handlers.Count);
        };
        handler.Terminate = (reason, _, _) =>
        {
            reasons.Add(reason);
            return default;
        };
        handler.Disposed = () => handler.Write("Dispose");
        await using var host = Restarting(handler);
        var states = host.Client.WatchAsync(Token).GetAsyncEnumerator(Token);
        Assert.True(await states.MoveNextAsync());
        (await host.ReadyAsync()).Send("bad");
        await ReconnectAsync(host);

        Assert.Equal(["Init", "Connect", "In bad", "Disconnect HandlerError", "Terminate HandlerError", "Dispose", "Init", "Connect"], handler.Trace());
        Assert.Equal(2, handlers.Distinct(ReferenceEqualityComparer.Instance).Count());
        var reason = Assert.Single(reasons);
        Assert.Equal((LateTerminateKind.HandlerError, "HandleIn threw FormatException."), (reason.Kind, reason.Description));
        Assert.IsType<FormatException>(reason.Exception);
        Assert.Equal("b", await host.Client.CallAsync(new Ask("b"), Token));
        var seen = new List<LateConnectionState>();
        while (seen.Count < 7 && await states.MoveNextAsync())
        {
            seen.Add(states.Current.State);
        }

        Assert.Equal("Connecting Connected Ready Reconnecting Connecting Connected Ready", string.Join(' ', seen));
    }

    [Fact]
    public async Task P3_a_stop_after_it_terminates_the_new_handler_alone()
    {
        var handler = Throwing();
        handler.Disposed = () => handler.Write("Dispose");
        await using var host = Restarting(handler);
        (await host.ReadyAsync()).Send("bad");
        await ReconnectAsync(host);
        await host.StopAsync(Token);

        Assert.Equal(
            ["Terminate HandlerError", "Dispose", "Init", "Connect", "Disconnect HostStopping", "Terminate HostStopping", "Dispose"],
            handler.Trace().SkipWhile(static callback => callback != "Terminate HandlerError"));
    }

    [Fact]
    public async Task Lives_are_counted_and_logged_and_the_connection_is_reported_neither_as_stopped_nor_as_faulted()
    {
        await using var host = Restarting(Throwing());
        using var metrics = new MetricProbe(host);
        (await host.ReadyAsync()).Send("bad");
        await ReconnectAsync(host);

        Assert.Equal(["1", "1"], metrics.Of(LateTelemetry.ConnectionLives));
        Assert.Equal(2, RestartingHosts.Lives(host));
        var lines = host.Logs.GetSnapshot();
        Assert.Equal("Forwarding: life 2 begins, with a new handler", Assert.Single(lines, static line => line.Id.Name == "LifeBegins").Message);
        Assert.DoesNotContain(lines, static line => line.Id.Name is "Stopped" or "Faulted" || line.Level == LogLevel.Critical);
    }

    [Fact]
    public async Task P10_attempts_and_delays_continue_over_lives()
    {
        var attempts = new List<(int Attempt, bool HasPrevious)>();
        var handler = new ScriptedHandler
        {
            Connecting = (handshake, state, _) =>
            {
                attempts.Add((handshake.Attempt, handshake.Previous is not null));
                return new(state);
            },
            Connect = (_, _) => throw new FormatException(),
        };
        await using var host = Restarting(handler, static options => (options.Reconnect.MaxDelay, options.Reconnect.MaxAttempts) = (TimeSpan.FromMinutes(5), 7));
        await host.StartAsync();
        var delays = new List<TimeSpan>();
        for (var i = 0; i < 7; i++)
        {
            await host.Transport.AcceptAsync();
            if (i < 6)
            {
                var since = host.Time.GetUtcNow();
                await host.NextAttemptAsync();
                delays.Add(host.Time.GetUtcNow() - since);
            }
        }

        await host.StateAsync(LateConnectionState.Faulted);
        Assert.Equal([1, 2, 3, 4, 5, 6, 7], attempts.Select(static attempt => attempt.Attempt));
        Assert.All(attempts, static attempt => Assert.False(attempt.HasPrevious));

        // The first two delays after a loss are shorter than four base delays.
        Assert.True(delays.Max() > TimeSpan.FromSeconds(2), string.Join(' ', delays));
        Assert.Equal(7, RestartingHosts.Lives(host));
    }

    [Fact]
    public async Task P10_a_new_life_has_never_been_ready_so_that_a_refusal_is_permanent()
    {
        await using var host = Restarting(Throwing());
        (await host.ReadyAsync()).Send("bad");
        await host.NextAttemptAsync();
        (await host.Transport.AttemptAsync()).Refuse(HttpStatusCode.Forbidden);

        await host.StateAsync(LateConnectionState.Faulted);
    }

    [Fact]
    public async Task P4_what_the_old_handler_has_posted_ends_with_it_and_what_the_new_one_posts_runs()
    {
        var lives = 0;
        var handler = Throwing();
        handler.Init = async (_, _) =>
        {
            if (++lives == 2)
            {
                await handler.Client.PostAsync(new Note("of the new Init"), s_free, Token);
                handler.Client.PostAfter(TimeSpan.FromSeconds(10), new Note("later, of the new Init"), s_free);
            }

            return 0;
        };
        handler.Disconnect = async (_, state, _) =>
        {
            await handler.Client.PostAsync(new Note("of Disconnect"), Token);
            await handler.Client.PostAsync(new Note("of Disconnect, free"), s_free, Token);
            handler.Client.PostAfter(TimeSpan.FromSeconds(10), new Note("later, of Disconnect"), s_free);
            return LateDisconnectResult.Ok(state);
        };
        handler.Terminate = async (_, _, _) =>
        {
            await handler.Client.PostAsync(new Note("of Terminate"), s_free, Token);
            handler.Client.PostAfter(TimeSpan.FromSeconds(10), new Note("later, of Terminate"), s_free);
        };
        await using var host = Restarting(handler);
        (await host.ReadyAsync()).Send("bad");
        await ReconnectAsync(host);
        host.Time.Advance(TimeSpan.FromSeconds(10));
        await host.Client.CallAsync(new Ask("last"), Token);

        Assert.Equal(
            ["Info of the new Init", "Connect", "Info later, of the new Init", "Call last"],
            handler.Trace().SkipWhile(static callback => callback != "Info of the new Init"));
        Assert.Equal(3, host.Logs.GetSnapshot().Count(static line => line.Id.Name == "PostDropped"));
    }

    [Fact]
    public async Task P5_P6_a_call_that_the_old_handler_has_taken_fails_and_one_that_waits_waits_for_the_new_one()
    {
        var (ends, lives) = (new TaskCompletionSource(), 0);
        var handler = Throwing();
        handler.Init = (_, _) => new(++lives);
        handler.Call = (request, call, state, _) =>
        {
            if (request.Text != "taken")
            {
                call.Reply($"{request.Text} in {lives}");
            }

            return LateResult.Ok(state);
        };
        handler.Terminate = async (reason, _, _) => await (reason.Kind == LateTerminateKind.HandlerError ? ends.Task : Task.CompletedTask);
        await using var host = Restarting(handler);
        var socket = await host.ReadyAsync();
        var taken = host.Client.CallAsync(new Ask("taken"), Token);
        await handler.SkipToAsync("Call taken");
        socket.Send("bad");
        await handler.SkipToAsync("Terminate HandlerError");
        var waiting = host.Client.CallAsync(new Ask("waits"), Token);
        var free = host.Client.PostAsync(new Note("waits"), s_free, Token).AsTask();
        var impatient = host.Client.CallAsync(new Ask("impatient"), new LateCallOptions { WhenNotReady = LateWhenNotReady.Fail }, Token);

        Assert.Equal(LateDelivery.Unknown, (await Assert.ThrowsAsync<LateDisconnectedException>(() => taken)).Delivery);
        Assert.Equal(LateDelivery.NotDelivered, (await Assert.ThrowsAsync<LateDisconnectedException>(() => impatient)).Delivery);
        ends.SetResult();
        await handler.SkipToAsync("Info waits");
        await free;
        await ReconnectAsync(host);
        Assert.Equal("waits in 2", await waiting);
    }

    [Fact]
    public async Task P1_no_callback_of_the_new_life_runs_concurrently_with_a_HandleTerminate_that_does_not_end_in_its_time()
    {
        var ends = new TaskCompletionSource();
        var handler = Throwing();
        handler.Terminate = async (reason, _, _) => await (reason.Kind == LateTerminateKind.HandlerError ? ends.Task : Task.CompletedTask);
        await using var host = Restarting(handler);
        (await host.ReadyAsync()).Send("bad");
        await handler.SkipToAsync("Terminate HandlerError");
        host.Time.Advance(TimeSpan.FromSeconds(5));
        await host.LoggedAsync("TerminateTimedOut");

        Assert.Empty(handler.Trace());
        ends.SetResult();
        Assert.Equal("Init", await handler.NextAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task P9_a_stop_during_it_ends_and_no_life_follows(bool inInit)
    {
        var (hold, lives) = (new TaskCompletionSource(), 0);
        var handler = Throwing();
        handler.Terminate = async (reason, _, token) => await (!inInit && reason.Kind == LateTerminateKind.HandlerError ? hold.Task.WaitAsync(token) : Task.CompletedTask);
        handler.Init = async (_, token) =>
        {
            await (++lives == 2 ? hold.Task.WaitAsync(token) : Task.CompletedTask);
            return 0;
        };
        await using var host = Restarting(handler);
        (await host.ReadyAsync()).Send("bad");
        await handler.SkipToAsync("Terminate HandlerError");
        if (inInit)
        {
            await handler.SkipToAsync("Init");
        }

        var stop = host.StopAsync(Token);
        await host.StateAsync(LateConnectionState.Stopping);
        host.Time.Advance(TimeSpan.FromSeconds(5));
        await stop;

        Assert.Equal(LateConnectionState.Stopped, host.Client.State);
        Assert.Empty(handler.Trace());
    }

    [Fact]
    public async Task P15_a_handler_that_cannot_be_made_again_faults_the_connection()
    {
        var makes = 0;
        var handler = Throwing();
        await using var host = Restarting(handler, build: connection =>
            connection.Services.AddTransient(_ => ++makes == 2 ? throw new InvalidDataException("no") : handler));
        (await host.ReadyAsync()).Send("bad");
        await host.StateAsync(LateConnectionState.Faulted);

        Assert.Equal("The handler could not be created: InvalidDataException.", host.Client.Status.Reason);
        Assert.Equal(["Init", "Connect", "In bad", "Disconnect HandlerError", "Terminate HandlerError"], handler.Trace());
        await host.Client.ReconnectAsync("repaired", Token);
        await host.Transport.AcceptAsync();
        await host.Client.WaitForReadyAsync(Token);
    }

    [Fact]
    public async Task P15_an_Init_that_throws_faults_the_connection_and_only_the_disposal_follows_it()
    {
        var inits = 0;
        var handler = Throwing();
        handler.Init = (_, _) => ++inits == 2 ? throw new InvalidDataException("no") : new(0);
        handler.Disposed = () => handler.Write("Dispose");
        await using var host = Restarting(handler);
        (await host.ReadyAsync()).Send("bad");
        await host.StateAsync(LateConnectionState.Faulted);
        await host.StopAsync(Token);

        Assert.Equal("Init threw InvalidDataException.", host.Logs.GetSnapshot().Single(static line => line.Level == LogLevel.Critical).GetStructuredStateValue("Reason"));
        Assert.Equal(["Init", "Connect", "In bad", "Disconnect HandlerError", "Terminate HandlerError", "Dispose", "Init", "Dispose"], handler.Trace());
    }

    [Fact]
    public async Task P15_the_next_attempt_of_a_new_life_goes_to_the_configured_address_whatever_the_old_handler_wanted()
    {
        var handler = Throwing();
        handler.Disconnect = (_, state, _) => LateDisconnectResult.Reconnect(state, new LateReconnect { Uri = new Uri("ws://feed.example/resume"), After = TimeSpan.FromSeconds(3) });
        await using var host = Restarting(handler);
        await host.StartAsync();
        (await host.Transport.AcceptAsync()).Send("bad");
        await handler.SkipToAsync("Init");
        await handler.SkipToAsync("Init");
        Assert.Equal(host.Time.GetUtcNow() + TimeSpan.FromSeconds(3), await host.WaitingUntilAsync());
        await host.NextAttemptAsync();

        Assert.Equal(new Uri("ws://feed.example/v2"), (await host.Transport.AttemptAsync()).Request.Uri);
    }

    [Fact]
    public async Task P3_a_connection_that_the_old_handler_has_prepared_is_not_that_of_the_new_life()
    {
        var handler = Throwing();
        handler.Connecting = static (_, state, _) => new(state);
        await using var host = Restarting(handler);
        var socket = await host.ReadyAsync();
        await host.Client.ReconnectAsync(new LateReconnect { Order = LateReconnectOrder.ConnectFirst, SwitchWhen = LateSwitchWhen.FirstMessage }, Token);
        await host.Transport.AcceptAsync();
        socket.Send("bad");
        await ReconnectAsync(host);

        Assert.Equal(
            ["In bad", "Disconnect HandlerError", "Terminate HandlerError", "Init", "Connecting", "Connect"],
            handler.Trace().SkipWhile(static callback => callback != "In bad"));
    }

    [Fact]
    public async Task P8_a_slow_callback_of_the_new_life_is_reported()
    {
        var (hold, lives) = (new TaskCompletionSource(), 0);
        var handler = Throwing();
        handler.Init = async (_, _) =>
        {
            await (++lives == 2 ? hold.Task : Task.CompletedTask);
            return 0;
        };
        await using var host = Restarting(handler);
        (await host.ReadyAsync()).Send("bad");
        await handler.SkipToAsync("Disconnect HandlerError");
        await handler.SkipToAsync("Init");
        for (var i = 0; i < 3; i++)
        {
            host.Time.Advance(TimeSpan.FromSeconds(5));
        }

        await host.LoggedAsync("CallbackRunning");
        hold.SetResult();
    }

    [Fact]
    public async Task P2_an_error_of_a_post_without_a_session_begins_a_new_life_and_the_wait_continues()
    {
        var attempts = new List<int>();
        var handler = Posting(attempts);
        await using var host = Restarting(handler, static options => options.Reconnect.BaseDelay = TimeSpan.FromSeconds(10));
        await host.StartAsync();
        (await host.Transport.AttemptAsync()).Refuse();
        var due = await host.WaitingUntilAsync();
        await host.Time.TimerAsync(due);
        host.Time.Advance(TimeSpan.FromMilliseconds(100));
        await host.Client.PostAsync(new Note("bad"), s_free, Token);
        await handler.SkipToAsync("Terminate HandlerError");
        await handler.SkipToAsync("Init");
        await host.Client.PostAsync(new Note("good"), s_free, Token);
        await handler.SkipToAsync("Info good");
        await host.Time.TimerAsync(due, times: 2);
        Assert.Equal(due, await host.WaitingUntilAsync());
        host.Time.Advance(due - host.Time.GetUtcNow());

        await host.Transport.AcceptAsync();
        await host.Client.WaitForReadyAsync(Token);
        Assert.Equal([1, 2], attempts);
    }

    [Fact]
    public async Task P2_an_error_of_a_post_during_an_attempt_interrupts_it_and_it_counts_no_more()
    {
        var attempts = new List<int>();
        var handler = Posting(attempts);
        await using var host = Restarting(handler);
        await host.StartAsync();
        (await host.Transport.AttemptAsync()).Refuse();
        await host.NextAttemptAsync();
        var attempt = await host.Transport.AttemptAsync();
        await host.Client.PostAsync(new Note("bad"), s_free, Token);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => attempt.Answered);
        await handler.SkipToAsync("Terminate HandlerError");
        await host.WaitingUntilAsync();
        Assert.Equal("HandleInfo threw FormatException.", host.Client.Status.Reason);
        await host.NextAttemptAsync();

        await host.Transport.AcceptAsync();
        await host.Client.WaitForReadyAsync(Token);
        Assert.Equal([1, 2, 2], attempts);
    }

    [Fact]
    public async Task P2_a_second_error_before_the_next_attempt_ends_the_life_and_the_next_begins_with_that_attempt()
    {
        await using var host = Restarting(Posting([]));
        var due = await ThrowingTwiceAsync(host);
        var waiting = host.Client.PostAsync(new Note("good"), s_free, Token).AsTask();
        Assert.Equal(2, RestartingHosts.Lives(host));
        host.Time.Advance(due - host.Time.GetUtcNow());
        await host.Handler.SkipToAsync("Info good");

        await waiting;
        Assert.Equal(3, RestartingHosts.Lives(host));
        await host.Transport.AcceptAsync();
        await host.Client.WaitForReadyAsync(Token);
    }

    [Fact]
    public async Task P2_a_request_for_a_new_session_ends_the_wait_for_that_attempt()
    {
        await using var host = Restarting(Posting([]));
        await ThrowingTwiceAsync(host);
        await host.Client.ReconnectAsync("now", Token);

        await host.Transport.AcceptAsync();
        await host.Client.WaitForReadyAsync(Token);
    }

    [Fact]
    public async Task P9_a_stop_between_two_lives_terminates_no_handler_again()
    {
        var handler = Posting([]);
        await using var host = Restarting(handler);
        await ThrowingTwiceAsync(host);
        await host.StopAsync(Token);

        Assert.Empty(handler.Trace());
        Assert.Equal(LateConnectionState.Stopped, host.Client.State);
    }

    /// <summary>An error during an attempt, and one in the wait that follows it.</summary>
    /// <returns>When the next attempt is due.</returns>
    private static async Task<DateTimeOffset> ThrowingTwiceAsync(TestHost host)
    {
        await host.StartAsync();
        await host.Transport.AttemptAsync();
        await host.Client.PostAsync(new Note("bad"), s_free, Token);
        await host.Handler.SkipToAsync("Terminate HandlerError");
        var due = await host.WaitingUntilAsync();
        await host.Time.TimerAsync(due);
        await host.Client.PostAsync(new Note("bad"), s_free, Token);
        await host.Handler.SkipToAsync("Terminate HandlerError");
        await host.Time.TimerAsync(due, times: 2);
        return due;
    }

    private static TestHost Restarting(ScriptedHandler handler, Action<LateConnectionOptions>? configure = null, Action<ILateConnectionBuilder>? build = null) => new(
        handler,
        options =>
        {
            options.HandlerErrors = LateHandlerErrorBehavior.Restart;
            configure?.Invoke(options);
        },
        build);

    private static ScriptedHandler Throwing() => new() { In = static (frame, state, _) => frame.GetText() == "bad" ? throw new FormatException() : LateResult.Ok(state) };

    private static ScriptedHandler Posting(List<int> attempts) => new()
    {
        Connecting = (handshake, state, _) =>
        {
            attempts.Add(handshake.Attempt);
            return new(state);
        },
        Info = static (note, state, _) => note.Text == "bad" ? throw new FormatException() : LateResult.Ok(state),
    };

    private static async Task ReconnectAsync(TestHost host)
    {
        await host.NextAttemptAsync();
        await host.Transport.AcceptAsync();
        await host.Client.WaitForReadyAsync(Token);
    }
}
