using Late.Hosting.Tests.Support;

namespace Late.Hosting.Tests.Connection.Reconnecting;

/// <summary>What ends the attempt to make the connection that is to follow a session, where that is lost meanwhile.</summary>
public sealed class LostWhileConnectingEndTests
{
    private static readonly Uri s_other = new("ws://feed.example/other");

    private readonly ScriptedHandler _handler = NextConnection.Handler();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task P10_ConnectTimeout_includes_the_time_before_the_loss()
    {
        await using var host = new TestHost(_handler);
        var (old, attempt) = await _handler.ConnectingAsync(host);
        host.Time.Advance(TimeSpan.FromSeconds(6));
        old.Drop();
        await host.StateAsync(LateConnectionState.Connecting);
        host.Time.Advance(TimeSpan.FromSeconds(4));

        await host.WaitingUntilAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => attempt.Answered);
        Assert.Contains("received no answer to its upgrade request within ConnectTimeout (00:00:10)", host.Client.Status.Exception!.Message, StringComparison.Ordinal);
        Assert.Equal(2, host.Transport.Count);
    }

    [Fact]
    public async Task P9_a_stop_cancels_it()
    {
        await using var host = new TestHost(_handler);
        var (old, attempt) = await _handler.ConnectingAsync(host);
        old.Drop();
        await host.StateAsync(LateConnectionState.Connecting);
        await host.StopAsync(Token);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => attempt.Answered);
        await _handler.SkipToAsync("Terminate HostStopping");
        Assert.Equal(2, host.Transport.Count);
    }

    [Fact]
    public async Task P9_a_stop_cancels_it_while_the_session_is_open()
    {
        await using var host = new TestHost(_handler);
        var (_, attempt) = await _handler.ConnectingAsync(host);
        await host.StopAsync(Token);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => attempt.Answered);
        Assert.Equal(2, host.Transport.Count);
    }

    [Theory] // Whether the request comes while HandleDisconnect runs, or later.
    [InlineData(true)]
    [InlineData(false)]
    public async Task P10_a_request_for_another_address_cancels_it(bool isEarly)
    {
        var release = _handler.HoldDisconnect();
        await using var host = new TestHost(_handler);
        var (old, attempt) = await _handler.ConnectingAsync(host);
        old.Drop();
        await _handler.SkipToAsync("Disconnect ConnectionLost");
        if (!isEarly)
        {
            release.SetResult();
            await host.StateAsync(LateConnectionState.Connecting);
        }

        await host.Client.ReconnectAsync(new LateReconnect { Uri = s_other }, Token);
        release.TrySetResult();

        var next = await host.Transport.AttemptAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => attempt.Answered);
        Assert.Equal(s_other, next.Request.Uri);
        next.Accept();
        await host.Client.WaitForReadyAsync(Token);
        Assert.Equal(3, host.Transport.Count);
    }

    [Fact]
    public async Task P9_what_the_server_accepts_after_such_a_request_is_closed()
    {
        await using var host = new TestHost(_handler);
        var (old, attempt) = await _handler.ConnectingAsync(host);
        old.Drop();
        await host.StateAsync(LateConnectionState.Connecting);
        host.Transport.AfterAnswer = () =>
        {
            host.Transport.AfterAnswer = null;
            _ = host.Client.ReconnectAsync(new LateReconnect { Uri = s_other }, Token);
        };
        var late = attempt.Accept();

        await late.Aborted;
        Assert.Equal(s_other, (await host.Transport.AttemptAsync()).Request.Uri);
    }

    [Fact]
    public async Task HandleDisconnect_can_want_a_delay_or_another_address_instead()
    {
        _handler.Disconnect = static (_, state, _) => LateDisconnectResult.Reconnect(state, new LateReconnect { Uri = s_other, After = TimeSpan.FromSeconds(3) });
        await using var host = new TestHost(_handler);
        var (old, attempt) = await _handler.ConnectingAsync(host);
        old.Drop();
        await host.NextAttemptAsync();

        Assert.Equal(s_other, (await host.Transport.AttemptAsync()).Request.Uri);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => attempt.Answered);
    }

    [Fact] // No hook has run, and nothing was sent: what follows the loss is an ordinary attempt.
    public async Task A_loss_while_HandleConnecting_runs_ends_the_attempt()
    {
        var (connecting, isLost) = (0, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        _handler.Connecting = async (_, state, _) =>
        {
            await (++connecting == 2 ? isLost.Task : Task.CompletedTask);
            return state;
        };
        await using var host = new TestHost(_handler);
        var old = await host.ReadyAsync();
        old.Send("reconnect");
        await _handler.SkipToAsync("In reconnect");
        await _handler.SkipToAsync("Connecting");
        old.Drop();
        await host.StateAsync(LateConnectionState.Reconnecting);
        isLost.SetResult();
        await _handler.SkipToAsync("Disconnect ConnectionLost");
        await host.NextAttemptAsync();

        var attempt = await host.Transport.AttemptAsync();
        Assert.Equal((3, 2, NextConnection.Moved), (connecting, host.Transport.Count, attempt.Request.Uri));
    }
}
