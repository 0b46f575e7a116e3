using Late.Hosting.Tests.Support;

namespace Late.Hosting.Tests.Connection.Reconnecting;

/// <summary>A stop in every phase of a switch to a connection that is made while the session continues (promises P3, P9 and P18).</summary>
public sealed class StopDuringSwitchTests
{
    private readonly TaskCompletionSource _continue = new();
    private readonly TaskCompletionSource _isHooked = new();
    private readonly ScriptedHandler _handler = new() { Connecting = static (_, state, _) => new(state) };
    private int _connecting;
    private int _hooks;
    private int _sessions;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("HandleConnecting")]
    [InlineData("hook")]
    [InlineData("upgrade")]
    [InlineData("first message")]
    [InlineData("calls")]
    public async Task P9_P18_before_the_old_session_closes_it_has_its_goodbye_and_the_next_connection_is_abandoned(string phase)
    {
        await using var host = Host(phase);
        var old = await host.ReadyAsync();
        var call = phase == "calls" ? host.Client.CallAsync(new Ask("a"), Token) : null;
        var (attempt, next) = await BeginAsync(host, old, phase);
        _handler.Trace();

        var stop = host.StopAsync(Token);
        await host.StateAsync(LateConnectionState.Stopping);
        _continue.SetResult();
        await stop;

        Assert.Equal("bye", await old.SentAsync());
        Assert.Equal((4002, "stopping"), await old.Closed);
        Assert.Equal(["Closing HostStopping", "Disconnect HostStopping", "Terminate HostStopping"], _handler.Trace());
        Assert.Equal(phase is "HandleConnecting" or "hook" ? 1 : 2, host.Transport.Count);
        await AssertAbandonedAsync(attempt, next);
        if (call is not null)
        {
            await Assert.ThrowsAsync<LateStoppedException>(() => call);
        }
    }

    [Theory]
    [InlineData("goodbye")]
    [InlineData("held close")]
    [InlineData("last frames")]
    [InlineData("HandleDisconnect")]
    public async Task P9_P18_while_the_old_session_closes_its_goodbye_continues_and_the_next_connection_is_abandoned(string phase)
    {
        await using var host = Host(phase);
        var old = await host.ReadyAsync();
        old.AnswersClose = phase != "last frames";
        var (attempt, next) = await BeginAsync(host, old, phase);
        _handler.Trace();

        var stop = host.StopAsync(Token);
        await host.StateAsync(LateConnectionState.Stopping);
        _continue.SetResult();
        if (phase is "held close")
        {
            old.Send("release");
        }
        else if (phase is "last frames")
        {
            old.Send("an event");
            old.Close(1000, "");
        }

        await stop;

        string[] last = phase switch
        {
            "held close" => ["In release"],
            "last frames" => ["In an event"],
            _ => [],
        };
        string[] end = phase == "HandleDisconnect" ? [] : ["Disconnect ReconnectRequested"];
        Assert.Equal([.. last, .. end, "Terminate HostStopping"], _handler.Trace());
        Assert.Equal("bye", await old.SentAsync());
        Assert.Equal((4002, "stopping"), await old.Closed);
        Assert.Equal(2, host.Transport.Count);
        await AssertAbandonedAsync(attempt, next);
    }

    [Fact]
    public async Task P3_P9_P18_when_the_next_connection_is_a_session_that_has_its_own_goodbye()
    {
        await using var host = Host("HandleConnect");
        var old = await host.ReadyAsync();
        var (_, next) = await BeginAsync(host, old, "HandleConnect");
        _handler.Trace();

        var stop = host.StopAsync(Token);
        await host.StateAsync(LateConnectionState.Stopping);
        _continue.SetResult();
        await stop;

        Assert.Equal("bye", await next!.SentAsync());
        Assert.Equal((4002, "stopping"), await next.Closed);
        Assert.Equal(["Closing HostStopping", "Disconnect HostStopping", "Terminate HostStopping"], _handler.Trace());
        Assert.Equal(2, host.Transport.Count);
    }

    private TestHost Host(string phase)
    {
        _handler.Connecting = async (_, state, _) =>
        {
            await (++_connecting == 2 && phase == "HandleConnecting" ? _continue.Task : Task.CompletedTask);
            return state;
        };
        _handler.Connect = async (state, _) =>
        {
            await (++_sessions == 2 && phase == "HandleConnect" ? _continue.Task : Task.CompletedTask);
            return LateResult.Ok(state);
        };
        _handler.Call = static (_, _, state, _) => LateResult.Ok(state);
        _handler.Closing = async (_, state, _) =>
        {
            await (phase == "goodbye" ? _continue.Task : Task.CompletedTask);
            var goodbye = LateResult.Send(state, LateFrame.Text("bye")).CloseWith(4002, "stopping");
            return phase == "held close" ? goodbye.HoldClose() : goodbye;
        };
        _handler.In = static (frame, state, _) => frame.GetText() == "release" ? LateResult.Ok(state).ReleaseClose() : LateResult.Ok(state);
        _handler.Disconnect = async (_, state, _) =>
        {
            await (phase == "HandleDisconnect" ? _continue.Task : Task.CompletedTask);
            return LateDisconnectResult.Ok(state);
        };
        return new TestHost(_handler, build: connection => connection.ConfigureHandshake(async (_, _) =>
        {
            if (++_hooks == 2 && phase == "hook")
            {
                _isHooked.SetResult();
                await _continue.Task;
            }
        }));
    }

    /// <summary>Begins a switch, and waits until it has come to a phase.</summary>
    /// <returns>The attempt for the next connection, or that connection, where it has come so far.</returns>
    private async Task<(FakeAttempt? Attempt, FakeSocket? Next)> BeginAsync(TestHost host, FakeSocket old, string phase)
    {
        if (phase == "calls")
        {
            // The time of the call and that of the wait for it end apart.
            await _handler.SkipToAsync("Call a");
            host.Time.Advance(TimeSpan.FromSeconds(1));
        }

        _handler.Trace();
        await host.Client.ReconnectAsync(
            new LateReconnect
            {
                Order = LateReconnectOrder.ConnectFirst,
                SwitchWhen = phase == "first message" ? LateSwitchWhen.FirstMessage : LateSwitchWhen.Upgraded,
                FinishCalls = phase == "calls",
            },
            Token);
        await _handler.SkipToAsync("Connecting");
        if (phase is "HandleConnecting" or "hook")
        {
            await (phase == "hook" ? _isHooked.Task : Task.CompletedTask);
            return default;
        }

        var attempt = await host.Transport.AttemptAsync();
        if (phase == "upgrade")
        {
            return (attempt, null);
        }

        var next = attempt.Accept();
        switch (phase)
        {
            case "first message":
                await next.Reading;
                break;
            case "calls":
                await host.Time.TimerAsync(host.Time.GetUtcNow() + TimeSpan.FromSeconds(5));
                break;
            case "goodbye":
                await _handler.SkipToAsync("Closing ReconnectRequested");
                break;
            case "held close":
                await _handler.SkipToAsync("Closing ReconnectRequested");
                await host.Time.TimerAsync(host.Time.GetUtcNow() + TimeSpan.FromSeconds(4));
                break;
            case "last frames":
                await old.Closed;
                break;
            case "HandleDisconnect":
                await _handler.SkipToAsync("Disconnect ReconnectRequested");
                break;
            default:
                await _handler.SkipToAsync("Connect");
                break;
        }

        return (null, next);
    }

    private static async Task AssertAbandonedAsync(FakeAttempt? attempt, FakeSocket? next)
    {
        if (attempt is not null)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => attempt.Answered);
        }

        if (next is not null)
        {
            await next.Aborted;
            Assert.False(next.TrySent(out _));
        }
    }
}
