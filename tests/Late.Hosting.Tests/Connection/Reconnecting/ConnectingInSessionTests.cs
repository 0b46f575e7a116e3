using Late.Hosting.Tests.Support;

namespace Late.Hosting.Tests.Connection.Reconnecting;

/// <summary><c>HandleConnecting</c> for an attempt that is to replace an open session.</summary>
public sealed class ConnectingInSessionTests
{
    private static readonly TimeSpan s_lifetime = TimeSpan.FromHours(1);

    private readonly ScriptedHandler _handler = new() { Connecting = static (_, state, _) => new(state) };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task P1_of_an_attempt_that_replaces_an_open_session_it_runs_between_the_callbacks_of_that_session()
    {
        var release = new TaskCompletionSource<LateResult<int>>(TaskCreationOptions.RunContinuationsAsynchronously);
        _handler.Info = (_, _, _) => new(release.Task);
        _handler.Connecting = static (_, state, _) => new(state + 1);
        await using var host = new TestHost(_handler, Rotate);
        var socket = await host.ReadyAsync();
        await host.Client.PostAsync(new Note("slow"), Token);
        await _handler.SkipToAsync("Info slow");
        host.Time.Advance(s_lifetime);
        Assert.Equal(1, host.Transport.Count);
        Assert.Empty(_handler.Trace());

        release.SetResult(LateResult.Ok(10));
        await _handler.SkipToAsync("Connecting");
        var next = await host.Transport.AcceptAsync();
        await _handler.SkipToAsync("Disconnect Rotated");
        var state = 0;
        _handler.Call = (request, call, current, _) =>
        {
            state = current;
            call.Reply("");
            return LateResult.Ok(current);
        };
        await host.Client.CallAsync(new Ask("state"), Token);

        Assert.Equal(11, state);
        Assert.NotSame(socket, next);
    }

    [Fact]
    public async Task P10_of_an_attempt_that_replaces_an_open_session_the_callback_counts_within_ConnectTimeout_and_is_not_run_after_it()
    {
        var release = new TaskCompletionSource<LateResult<int>>(TaskCreationOptions.RunContinuationsAsynchronously);
        var previous = new List<LateSessionOutcome?>();
        _handler.Info = (_, _, _) => new(release.Task);
        _handler.Connecting = (handshake, state, _) =>
        {
            previous.Add(handshake.Previous);
            return new(state);
        };
        await using var host = new TestHost(_handler, Rotate);
        await host.ReadyAsync();
        await host.Client.PostAsync(new Note("slow"), Token);
        await _handler.SkipToAsync("Info slow");
        host.Time.Advance(s_lifetime);
        await host.Time.TimerAsync(host.Time.GetUtcNow() + TimeSpan.FromSeconds(10));
        host.Time.Advance(TimeSpan.FromSeconds(10));
        await host.LoggedAsync("RotationFailed");
        release.SetResult(LateResult.Ok(0));
        await host.Client.CallAsync(new Ask("done"), Token);
        Assert.DoesNotContain("Connecting", _handler.Trace());

        host.Time.Advance(TimeSpan.FromSeconds(30));
        await host.Transport.AcceptAsync();
        await _handler.SkipToAsync("Connecting");
        Assert.Null(previous[0]);
        Assert.Contains("HandleConnecting", previous[1]!.Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task P10_of_an_attempt_that_replaces_an_open_session_an_exception_leaves_the_session_open()
    {
        var attempts = 0;
        _handler.Connecting = (_, state, _) => ++attempts == 2 ? throw new LateConnectException("Forwarding", "Not now.") { IsTransient = false } : new(state);
        await using var host = new TestHost(_handler, Rotate);
        await host.ReadyAsync();
        host.Time.Advance(s_lifetime);
        await host.LoggedAsync("RotationFailed");

        Assert.Equal(LateConnectionState.Ready, host.Client.State);
        host.Time.Advance(TimeSpan.FromSeconds(30));
        await host.Transport.AcceptAsync();
        await _handler.SkipToAsync("Disconnect Rotated");
    }

    [Fact]
    public async Task P10_an_attempt_that_replaces_a_session_ends_with_it_while_its_callback_waits()
    {
        var release = new TaskCompletionSource<LateResult<int>>(TaskCreationOptions.RunContinuationsAsynchronously);
        _handler.Info = (_, _, _) => new(release.Task);
        await using var host = new TestHost(_handler, Rotate);
        var socket = await host.ReadyAsync();
        await host.Client.PostAsync(new Note("slow"), Token);
        await _handler.SkipToAsync("Info slow");
        host.Time.Advance(s_lifetime);
        socket.Drop();
        await host.StateAsync(LateConnectionState.Reconnecting);
        release.SetResult(LateResult.Ok(0));
        await host.NextAttemptAsync();
        await host.Transport.AcceptAsync();
        await host.Client.WaitForReadyAsync(Token);

        Assert.Equal(["Disconnect ConnectionLost", "Connecting", "Connect"], _handler.Trace());
        Assert.DoesNotContain(host.Logs.GetSnapshot(), static entry => entry.Id.Name == "RotationFailed");
    }

    private static void Rotate(LateConnectionOptions options)
    {
        options.Rotation.MaxSessionLifetime = s_lifetime;
        options.Rotation.Jitter = TimeSpan.Zero;
        options.Rotation.Order = LateReconnectOrder.ConnectFirst;
        options.KeepAliveInterval = options.KeepAliveTimeout = TimeSpan.FromDays(2);
    }
}
