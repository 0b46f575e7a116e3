using System.Net;
using Late.Hosting.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using static Late.Hosting.Tests.Connection.HandlerErrorLives;

namespace Late.Hosting.Tests.Connection;

/// <summary>A new life after an error of the handler (promise P2, <c>HandlerErrors = Restart</c>).</summary>
public sealed class HandlerErrorLifeTests
{
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
}
