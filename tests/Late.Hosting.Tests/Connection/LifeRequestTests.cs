using Late.Hosting.Tests.Support;
using static Late.Hosting.Tests.Connection.RestartingHosts;

namespace Late.Hosting.Tests.Connection;

/// <summary>Promise P15: a new life that is requested, by <c>ReconnectAsync</c> or a reload, what waits for it, and stops (promise P9).</summary>
public sealed class LifeRequestTests
{
    private static readonly TimeSpan s_delay = TimeSpan.FromSeconds(20);
    private static readonly Uri s_other = new("ws://feed.example/other");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(LateFaultBehavior.StayFaulted)]
    [InlineData(LateFaultBehavior.Restart)]
    public async Task P15_ReconnectAsync_begins_a_new_life_immediately(LateFaultBehavior onFault)
    {
        var handler = new ScriptedHandler { In = (_, state, _) => LateResult.Fault(state, "enough") };
        await using var host = new TestHost(handler, options => options.OnFault = onFault);
        (await host.ReadyAsync()).Send("a");
        await handler.SkipToAsync("Terminate Faulted");

        await host.Client.ReconnectAsync("the account is paid", Token);
        await host.Transport.AcceptAsync();
        await host.StateAsync(LateConnectionState.Ready);

        Assert.Equal(["Init", "Connect"], handler.Trace());
    }

    [Theory]
    [InlineData(LateFaultBehavior.StayFaulted)]
    [InlineData(LateFaultBehavior.Restart)]
    public async Task P15_a_delay_that_ReconnectAsync_asks_for_precedes_the_new_life(LateFaultBehavior onFault)
    {
        var handler = new ScriptedHandler { In = (_, state, _) => LateResult.Fault(state, "enough") };
        await using var host = new TestHost(handler, options => options.OnFault = onFault);
        (await host.ReadyAsync()).Send("a");
        await handler.SkipToAsync("Terminate Faulted");

        var at = host.Time.GetUtcNow() + s_delay;
        await host.Client.ReconnectAsync(new LateReconnect { After = s_delay, Uri = s_other }, Token);
        await host.Time.TimerAsync(at);
        await DueAsync(host, at);
        var ready = host.Client.WaitForReadyAsync(Token);
        host.Time.Advance(s_delay - TimeSpan.FromSeconds(1));
        Assert.Equal((LateConnectionState.Faulted, 1), (host.Client.State, host.Transport.Count));
        host.Time.Advance(TimeSpan.FromSeconds(1));
        var attempt = await host.Transport.AttemptAsync();
        attempt.Accept();
        await ready;

        Assert.Equal(s_other, attempt.Request.Uri);
        Assert.Equal(["Init", "Connect"], handler.Trace());
    }

    [Fact]
    public async Task P15_another_request_replaces_such_a_delay()
    {
        var handler = new ScriptedHandler { In = (_, state, _) => LateResult.Fault(state, "enough") };
        await using var host = new TestHost(handler);
        (await host.ReadyAsync()).Send("a");
        await handler.SkipToAsync("Terminate Faulted");
        var at = host.Time.GetUtcNow();
        await host.Client.ReconnectAsync(new LateReconnect { After = s_delay, Uri = s_other }, Token);
        await host.Time.TimerAsync(at + s_delay);
        await host.Client.ReconnectAsync(new LateReconnect { After = s_delay / 2, Uri = s_other }, Token);
        await host.Time.TimerAsync(at + (s_delay / 2));
        await DueAsync(host, at + (s_delay / 2));
        Assert.Equal(1, host.Transport.Count);

        await host.Client.ReconnectAsync("now", Token);

        Assert.Equal(new Uri("ws://feed.example/v2"), (await host.Transport.AttemptAsync()).Request.Uri);
    }

    [Fact]
    public async Task P15_calls_that_fail_in_such_a_delay_advise_to_wait_for_the_new_life()
    {
        var handler = new ScriptedHandler { In = (_, state, _) => LateResult.Fault(state, "enough") };
        await using var host = new TestHost(handler);
        (await host.ReadyAsync()).Send("a");
        await host.StateAsync(LateConnectionState.Faulted);
        await host.Client.ReconnectAsync(new LateReconnect { After = s_delay }, Token);

        var error = await Assert.ThrowsAsync<LateFaultedException>(() => host.Client.CallAsync(new Ask("b"), Token));

        Assert.Contains(" Nothing was sent. A new life was requested and begins: await WaitForReadyAsync, and try again.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task P9_a_stop_ends_such_a_delay_immediately()
    {
        var handler = new ScriptedHandler { In = (_, state, _) => LateResult.Fault(state, "enough") };
        await using var host = new TestHost(handler);
        (await host.ReadyAsync()).Send("a");
        await handler.SkipToAsync("Terminate Faulted");
        var at = host.Time.GetUtcNow() + s_delay;
        await host.Client.ReconnectAsync(new LateReconnect { After = s_delay }, Token);
        await host.Time.TimerAsync(at);

        await host.StopAsync(Token);

        Assert.Equal(LateConnectionState.Stopped, host.Client.State);
        Assert.Empty(handler.Trace());
        Assert.Single(host.Logs.GetSnapshot(), static record => record.Message.StartsWith("Forwarding: stopped", StringComparison.Ordinal));
    }

    [Fact]
    public async Task P15_a_request_that_comes_while_the_life_still_ends_begins_the_next_behind_its_end()
    {
        var hold = new TaskCompletionSource();
        var handler = new ScriptedHandler
        {
            In = (_, state, _) => LateResult.Fault(state, "enough"),
            Disconnect = async (_, state, _) =>
            {
                await hold.Task;
                return LateDisconnectResult.Ok(state);
            },
        };
        await using var host = new TestHost(handler);
        (await host.ReadyAsync()).Send("a");
        await handler.SkipToAsync("Disconnect HandlerFaulted");
        await host.Client.ReconnectAsync("now", Token);
        hold.SetResult();
        await host.Transport.AcceptAsync();
        await host.StateAsync(LateConnectionState.Ready);

        Assert.Equal(["Terminate Faulted", "Init", "Connect"], handler.Trace());
    }

    [Theory]
    [InlineData("Late:Forwarding:Headers:X-Client", "two")]
    [InlineData("Late:Forwarding:CallTimeout", "00:00:07")]
    [InlineData("Late:Forwarding:Reconnect:MaxDelay", "00:00:07")]
    [InlineData("Late:Forwarding:OnFault", "StopHost")]
    public async Task P15_a_reload_that_changes_any_option_begins_a_new_life(string option, string value)
    {
        var handler = new ScriptedHandler { In = (_, state, _) => LateResult.Fault(state, "enough") };
        await using var host = new TestHost(handler, settings: new() { ["Late:Forwarding:Headers:X-Client"] = "one" });
        (await host.ReadyAsync()).Send("a");
        await handler.SkipToAsync("Terminate Faulted");

        host.Configuration[option] = value;
        host.Configuration.Reload();
        await host.Transport.AcceptAsync();
        await host.StateAsync(LateConnectionState.Ready);

        Assert.Equal(["Init", "Connect"], handler.Trace());
    }

    [Fact]
    public async Task P15_a_reload_that_changes_nothing_or_is_refused_begins_no_new_life()
    {
        var handler = new ScriptedHandler { In = (_, state, _) => LateResult.Fault(state, "enough") };
        await using var host = new TestHost(handler, settings: new() { ["Late:Forwarding:CallTimeout"] = "00:00:07", ["Late:Other:CallTimeout"] = "00:00:07" });
        (await host.ReadyAsync()).Send("a");
        await handler.SkipToAsync("Terminate Faulted");

        host.Configuration.Reload();
        host.Configuration["Late:Forwarding:CallTimeout"] = "never";
        host.Configuration.Reload();

        await StaysFaultedAsync(host);
        Assert.Empty(handler.Trace());
    }

    [Fact]
    public async Task P15_calls_fail_immediately_while_the_next_life_is_awaited_and_advise_to_wait_for_it()
    {
        var handler = new ScriptedHandler { In = (_, state, _) => LateResult.Fault(state, "enough") };
        await using var host = Restarting(handler);
        (await host.ReadyAsync()).Send("a");
        await host.StateAsync(LateConnectionState.Faulted);

        var error = await Assert.ThrowsAsync<LateFaultedException>(() => host.Client.CallAsync(new Ask("b"), Token));

        Assert.Contains(" Nothing was sent. A new life begins after a delay (OnFault = Restart): await WaitForReadyAsync, and try again. Its calls: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task P15_WaitForReadyAsync_waits_for_the_new_life()
    {
        var handler = new ScriptedHandler { In = (_, state, _) => LateResult.Fault(state, "enough") };
        await using var host = Restarting(handler);
        (await host.ReadyAsync()).Send("a");
        await host.StateAsync(LateConnectionState.Faulted);

        var ready = host.Client.WaitForReadyAsync(Token);
        await NextLifeAsync(host);
        Assert.False(ready.IsCompleted);
        await host.Transport.AcceptAsync();
        await ready;
    }

    [Fact]
    public async Task P15_calls_wait_for_a_new_life_that_has_begun()
    {
        var inits = 0;
        var hold = new TaskCompletionSource<int>();
        var handler = new ScriptedHandler
        {
            Init = async (_, _) => ++inits == 1 ? 0 : await hold.Task,
            In = (_, state, _) => LateResult.Fault(state, "enough"),
        };
        await using var host = new TestHost(handler);
        (await host.ReadyAsync()).Send("a");
        await handler.SkipToAsync("Terminate Faulted");
        await host.Client.ReconnectAsync("now", Token);
        await handler.SkipToAsync("Init");
        Assert.Equal((LateConnectionState.Connecting, "A new life begins, and Init runs."), (host.Client.State, host.Client.Status.Reason));

        var call = host.Client.CallAsync(new Ask("b"), Token);
        hold.SetResult(0);
        await host.Transport.AcceptAsync();

        Assert.Equal("b", await call);
    }

    [Fact]
    public async Task P9_a_stop_ends_the_wait_for_the_next_life_immediately()
    {
        var handler = new ScriptedHandler { In = (_, state, _) => LateResult.Fault(state, "enough") };
        await using var host = Restarting(handler);
        (await host.ReadyAsync()).Send("a");
        await host.NextLifeDueAsync();

        await host.StopAsync(Token);

        Assert.Equal(LateConnectionState.Stopped, host.Client.State);
        Assert.Equal(["Init", "Connect", "In a", "Disconnect HandlerFaulted", "Terminate Faulted"], handler.Trace());
        await Assert.ThrowsAsync<LateStoppedException>(() => host.Client.ReconnectAsync("late", Token));
    }

    [Fact]
    public async Task P9_a_stop_ends_the_InitAsync_of_a_new_life()
    {
        var inits = 0;
        var handler = new ScriptedHandler
        {
            Init = async (_, token) =>
            {
                if (++inits == 2)
                {
                    await new TaskCompletionSource().Task.WaitAsync(token);
                }

                return 0;
            },
            In = (_, state, _) => LateResult.Fault(state, "enough"),
        };
        await using var host = Restarting(handler);
        (await host.ReadyAsync()).Send("a");
        await NextLifeAsync(host);
        await handler.SkipToAsync("Terminate Faulted");
        await handler.SkipToAsync("Init");

        await host.StopAsync(Token);

        Assert.Equal(LateConnectionState.Stopped, host.Client.State);
        Assert.Empty(handler.Trace());
    }

    [Fact]
    public async Task P9_a_stop_concurrent_with_requests_for_a_new_life_ends_every_life_once()
    {
        for (var i = 0; i < 50; i++)
        {
            var handler = new ScriptedHandler { Info = (_, state, _) => LateResult.Fault(state, "enough") };
            await using var host = new TestHost(handler);
            host.Transport.Script = static attempt => attempt.Accept();
            await host.StartAsync();
            await host.Client.WaitForReadyAsync(Token);
            await host.Client.PostAsync(new Note("a"), Token);
            await host.StateAsync(LateConnectionState.Faulted);

            var requests = Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Run(async () => await Record.ExceptionAsync(() => host.Client.ReconnectAsync("now", Token)))));
            await host.StopAsync(Token);

            Assert.All(await requests, static error => Assert.True(error is null or LateStoppedException, $"{error}"));
            Assert.Equal(LateConnectionState.Stopped, host.Client.State);
            var trace = handler.Trace();
            var (inits, ends) = (trace.Count(static callback => callback == "Init"), trace.Count(static callback => callback.StartsWith("Terminate", StringComparison.Ordinal)));
            Assert.Equal(inits, ends);
        }
    }

    /// <summary>Waits until the next life is due at a moment: that is known a moment after its timer is set.</summary>
    private static async Task DueAsync(TestHost host, DateTimeOffset at)
    {
        while (host.Client.Status.NextAttemptAt != at)
        {
            Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
