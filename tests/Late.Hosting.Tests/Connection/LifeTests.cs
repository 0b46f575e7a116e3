using System.Net;
using Late.Hosting.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using static Late.Hosting.Tests.Connection.RestartingHosts;

namespace Late.Hosting.Tests.Connection;

/// <summary>A new life after a fault (promise P15), and the order in each life (promise P3).</summary>
public sealed class LifeTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task P15_Restart_begins_a_new_life_with_a_new_handler_after_a_delay_and_the_client_stays()
    {
        var handlers = new List<object>();
        var handler = new ScriptedHandler { In = (_, state, _) => LateResult.Fault(state, "enough") };
        handler.Init = (_, _) =>
        {
            handlers.Add(handler.Handler);
            return new(handlers.Count);
        };
        await using var host = Restarting(handler);
        var states = host.Client.WatchAsync(Token).GetAsyncEnumerator(Token);
        Assert.True(await states.MoveNextAsync());
        (await host.ReadyAsync()).Send("a");
        await NextLifeAsync(host);
        await host.Transport.AcceptAsync();
        await host.Client.WaitForReadyAsync(Token);

        Assert.Equal(["Init", "Connect", "In a", "Disconnect HandlerFaulted", "Terminate Faulted", "Init", "Connect"], handler.Trace());
        Assert.Equal(2, handlers.Distinct(ReferenceEqualityComparer.Instance).Count());
        Assert.Equal("b", await host.Client.CallAsync(new Ask("b"), Token));
        Assert.Equal(
            ["Connecting", "Connected", "Ready", "Faulted", "Connecting", "Connected", "Ready"],
            await TakeAsync(states, 7));
    }

    [Fact]
    public async Task P3_the_handler_of_a_life_is_disposed_once_behind_its_HandleTerminate_and_before_the_next_life()
    {
        var handler = new ScriptedHandler { In = (_, state, _) => LateResult.Fault(state, "enough") };
        handler.Disposed = () => handler.Write("Dispose");
        await using var host = Restarting(handler);
        (await host.ReadyAsync()).Send("a");
        await NextLifeAsync(host);
        await host.Transport.AcceptAsync();
        await host.Client.WaitForReadyAsync(Token);
        await host.StopAsync(Token);

        Assert.Equal(
            ["Terminate Faulted", "Dispose", "Init", "Connect", "Disconnect HostStopping", "Terminate HostStopping", "Dispose"],
            handler.Trace().SkipWhile(static callback => callback != "Terminate Faulted"));
    }

    [Fact]
    public async Task P15_delays_between_lives_double_up_to_MaxDelay_with_jitter_and_start_over_after_a_stable_session()
    {
        var faults = true;
        var handler = new ScriptedHandler
        {
            Init = (_, _) => faults ? throw new InvalidOperationException("not yet") : new(0),
            In = (_, state, _) => LateResult.Fault(state, "enough"),
        };
        await using var host = Restarting(handler, static options => options.Restart.MaxDelay = TimeSpan.FromSeconds(6));
        await host.StartAsync();
        var delays = new List<double>();
        for (var i = 0; i < 6; i++)
        {
            delays.Add(await NextLifeAsync(host));
        }

        Assert.All(delays.Zip([1, 2, 4, 6, 6, 6]), static pair => Assert.InRange(pair.First, pair.Second / 2.0, pair.Second));
        Assert.Equal(delays.Count, delays.Distinct().Count());

        faults = false;
        await NextLifeAsync(host);
        var socket = await host.Transport.AcceptAsync();
        await host.Client.WaitForReadyAsync(Token);
        socket.Send("short");
        Assert.InRange(await NextLifeAsync(host), 3, 6);

        socket = await host.Transport.AcceptAsync();
        await host.Client.WaitForReadyAsync(Token);
        host.Time.Advance(TimeSpan.FromSeconds(30));
        socket.Send("long");
        Assert.InRange(await NextLifeAsync(host), 0.5, 1);
    }

    [Fact]
    public async Task P10_a_new_life_does_not_begin_before_the_Retry_After_of_the_refusal_that_ended_the_last()
    {
        await using var host = Restarting(configure: static options => options.Reconnect.MaxAttempts = 1);
        await host.StartAsync();
        (await host.Transport.AttemptAsync()).Refuse(HttpStatusCode.ServiceUnavailable, TimeSpan.FromMinutes(20));

        Assert.InRange(await NextLifeAsync(host), 1200, 1200.5);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task P15_nor_is_one_where_a_callback_of_the_last_frames_has_faulted(bool restartPermanent)
    {
        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var handler = new ScriptedHandler
        {
            In = async (_, state, _) =>
            {
                await closed.Task;
                return LateResult.Fault(state, "enough");
            },
        };
        await using var host = Restarting(handler, options =>
        {
            options.RestartPermanent = restartPermanent;
            options.PermanentCloseCodes.Add(4004);
        });
        var session = await host.ReadyAsync();
        session.Send("a");
        await handler.SkipToAsync("In a");
        session.Close(4004, "bad token");
        await host.StateAsync(LateConnectionState.Reconnecting);

        closed.SetResult();

        await host.StateAsync(LateConnectionState.Faulted);
        await RestartsAsync(host, restartPermanent);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task P15_a_permanent_code_is_restarted_only_with_RestartPermanent(bool restartPermanent)
    {
        await using var host = Restarting(configure: options =>
        {
            options.RestartPermanent = restartPermanent;
            options.PermanentStatusCodes.Add(HttpStatusCode.Gone);
            options.PermanentCloseCodes.Add(4004);
            options.Restart.BaseDelay = TimeSpan.FromSeconds(10);
        });
        (await host.ReadyAsync()).Close(4004, "bad token");
        await host.StateAsync(LateConnectionState.Faulted);
        if (restartPermanent)
        {
            await NextLifeAsync(host);
        }
        else
        {
            await StaysFaultedAsync(host);
            await host.Client.ReconnectAsync("now", Token);
        }

        (await host.Transport.AttemptAsync()).Refuse(HttpStatusCode.Gone);
        await host.StateAsync(LateConnectionState.Faulted);
        await RestartsAsync(host, restartPermanent);
    }

    [Fact]
    public async Task P15_a_permanent_close_code_stays_one_where_the_handler_reports_the_fault()
    {
        var handler = new ScriptedHandler { Disconnect = (_, state, _) => LateDisconnectResult.Fault(state, "the token is revoked") };
        await using var host = Restarting(handler, static options => options.PermanentCloseCodes.Add(4004));
        (await host.ReadyAsync()).Close(4004, "bad token");
        await host.StateAsync(LateConnectionState.Faulted);

        await StaysFaultedAsync(host);
    }

    [Fact]
    public async Task P15_an_InitAsync_that_throws_in_a_new_life_is_the_next_fault()
    {
        var inits = 0;
        var handler = new ScriptedHandler
        {
            Init = (_, _) => ++inits == 2 ? throw new InvalidDataException("no") : new(0),
            In = (_, state, _) => LateResult.Fault(state, "enough"),
        };
        await using var host = Restarting(handler);
        (await host.ReadyAsync()).Send("a");
        await NextLifeAsync(host);
        await handler.SkipToAsync("Terminate Faulted");
        await NextLifeAsync(host);
        await host.Transport.AcceptAsync();
        await host.StateAsync(LateConnectionState.Ready);

        Assert.Equal(["Init", "Init", "Connect"], handler.Trace());
        Assert.Equal(
            ["The handler faulted the connection: enough.", "Init threw InvalidDataException."],
            host.Logs.GetSnapshot().Where(static entry => entry.Level == LogLevel.Critical).Select(static entry => entry.GetStructuredStateValue("Reason")));
    }

    [Fact]
    public async Task P15_a_handler_that_cannot_be_created_again_is_the_next_fault()
    {
        var makes = 0;
        var handler = new ScriptedHandler { In = (_, state, _) => LateResult.Fault(state, "enough") };
        await using var host = Restarting(handler, build: connection =>
            connection.Services.AddTransient(_ => ++makes == 2 ? throw new InvalidDataException("no") : handler));
        (await host.ReadyAsync()).Send("a");
        await NextLifeAsync(host);
        await NextLifeAsync(host);
        await host.Transport.AcceptAsync();
        await host.StateAsync(LateConnectionState.Ready);

        Assert.Equal(3, makes);
        Assert.Contains(host.Logs.GetSnapshot(), static entry => entry.GetStructuredStateValue("Reason") == "The handler could not be created: InvalidDataException.");
    }

    [Fact]
    public async Task P15_FailFast_fails_the_start_at_the_fault_of_the_first_life()
    {
        var handler = new ScriptedHandler { Init = (_, _) => throw new InvalidDataException("no") };
        await using var host = Restarting(handler, static options => options.Startup = LateStartupMode.FailFast);

        await Assert.ThrowsAsync<LateFaultedException>(host.StartAsync);
    }

    [Fact]
    public async Task P15_WaitForReady_holds_the_start_over_lives()
    {
        var inits = 0;
        var handler = new ScriptedHandler { Init = (_, _) => ++inits == 1 ? throw new InvalidDataException("no") : new(0) };
        await using var host = Restarting(handler, static options => options.Startup = LateStartupMode.WaitForReady);
        var start = host.StartAsync();
        await NextLifeAsync(host);
        await host.Transport.AcceptAsync();

        await start;
    }

    [Fact]
    public async Task P15_health_is_unhealthy_until_the_new_life_is_ready_and_the_live_check_waits_for_it()
    {
        var handler = new ScriptedHandler { In = (_, state, _) => LateResult.Fault(state, "enough") };
        await using var host = Restarting(handler, build: static connection =>
            connection.Services.AddHealthChecks().AddLateConnections(static health => health.RestartWhenFaulted = true));
        (await host.ReadyAsync()).Send("a");
        await host.NextLifeDueAsync();
        var faulted = await HealthAsync(host);
        await NextLifeAsync(host);
        var socket = await host.Transport.AcceptAsync();
        await host.Client.WaitForReadyAsync(Token);
        var ready = await HealthAsync(host);

        Assert.Equal((HealthStatus.Unhealthy, HealthStatus.Healthy), (faulted.Entries["Late:Forwarding"].Status, faulted.Entries["Late:Forwarding:Live"].Status));
        Assert.Matches(" A new life begins at 2026-01-01 00:00:0.Z, in 1 s[.]$", faulted.Entries["Late:Forwarding"].Description);
        Assert.Equal(HealthStatus.Healthy, ready.Status);
        Assert.NotNull(socket);
    }

    [Fact]
    public async Task Lives_are_counted_logged_and_shown()
    {
        var handler = new ScriptedHandler { In = (_, state, _) => LateResult.Fault(state, "enough") };
        await using var host = Restarting(handler);
        using var metrics = new MetricProbe(host);
        (await host.ReadyAsync()).Send("a");
        await NextLifeAsync(host);
        await host.Transport.AcceptAsync();
        await host.StateAsync(LateConnectionState.Ready);

        Assert.Equal(["1", "1"], metrics.Of(LateTelemetry.ConnectionLives));
        Assert.Equal(2, Assert.Single(host.Services.GetRequiredService<ILateConnectionDirectory>().GetConnections()).GetStatistics().Lives);
        Assert.Equal(
            ["Faulted", "Restarting", "LifeBegins"],
            host.Logs.GetSnapshot().Select(static entry => entry.Id.Name).Where(static name => name is "Faulted" or "Restarting" or "LifeBegins" or "Stopped"));
    }

    private static Task<HealthReport> HealthAsync(TestHost host) => host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(Token);

    private static async Task<List<string>> TakeAsync(IAsyncEnumerator<LateConnectionStatus> states, int count)
    {
        var taken = new List<string>();
        while (taken.Count < count && await states.MoveNextAsync())
        {
            taken.Add($"{states.Current.State}");
        }

        return taken;
    }
}
