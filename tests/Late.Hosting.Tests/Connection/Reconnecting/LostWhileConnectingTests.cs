using System.Net;
using Late.Hosting.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Late.Hosting.Tests.Connection.Reconnecting;

/// <summary>A session that is lost while the connection that is to follow it is made: the server may have accepted that already, so it follows.</summary>
public sealed class LostWhileConnectingTests
{
    private static readonly Uri s_moved = new("ws://feed.example/moved");
    private static readonly Uri s_other = new("ws://feed.example/other");

    private readonly ScriptedHandler _handler = new()
    {
        Connecting = static (_, state, _) => new(state),
        In = static (frame, state, _) => frame.GetText() == "reconnect"
            ? LateResult.Reconnect(state, new LateReconnect { Reason = "moved", Uri = s_moved, Order = LateReconnectOrder.ConnectFirst })
            : LateResult.Ok(state),
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task P10_the_attempt_in_progress_is_that_of_the_next_session_and_counts_once()
    {
        await using var host = new TestHost(_handler);
        using var probe = new MetricProbe(host, LateTelemetry.ConnectionAttempts, LateTelemetry.SwitchesRefused);
        var (old, attempt) = await ConnectingAsync(host);
        old.Drop();
        await _handler.SkipToAsync("Disconnect ConnectionLost");
        await host.StateAsync(LateConnectionState.Connecting);

        attempt.Accept().Send("hello");

        Assert.Equal(["Connect", "In hello"], [await _handler.NextAsync(), await _handler.NextAsync()]);
        await host.Client.WaitForReadyAsync(Token);
        Assert.Equal(2, host.Transport.Count);
        Assert.Equal((2, 0), Counted(host));
        Assert.Equal(2, probe.Of(LateTelemetry.ConnectionAttempts).Count());
        Assert.Empty(probe.Of(LateTelemetry.SwitchesRefused));
    }

    [Fact]
    public async Task It_may_be_accepted_while_HandleDisconnect_runs()
    {
        var release = HoldDisconnect();
        await using var host = new TestHost(_handler);
        var (old, attempt) = await ConnectingAsync(host);
        old.Drop();
        await _handler.SkipToAsync("Disconnect ConnectionLost");
        var next = attempt.Accept();
        next.Send("hello");
        await next.Reading;
        release.SetResult();

        Assert.Equal(["Connect", "In hello"], [await _handler.NextAsync(), await _handler.NextAsync()]);
        Assert.Equal(2, host.Transport.Count);
    }

    [Fact]
    public async Task A_hook_that_runs_at_the_loss_completes_and_its_request_is_sent()
    {
        var hooks = 0;
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var isHooked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var host = new TestHost(_handler, build: connection => connection.ConfigureHandshake(async (request, _) =>
        {
            if (++hooks == 2)
            {
                isHooked.SetResult();
                await release.Task;
            }
        }));
        var old = await host.ReadyAsync();
        old.Send("reconnect");
        await isHooked.Task;
        old.Drop();
        await host.StateAsync(LateConnectionState.Connecting);
        release.SetResult();

        var attempt = await host.Transport.AttemptAsync();
        attempt.Accept();
        await host.Client.WaitForReadyAsync(Token);
        Assert.Equal((2, 2, s_moved), (hooks, host.Transport.Count, attempt.Request.Uri));
    }

    [Fact]
    public async Task A_rotation_that_is_connecting_is_completed_by_the_loss()
    {
        await using var host = new TestHost(_handler, static options =>
        {
            options.Rotation.MaxSessionLifetime = TimeSpan.FromHours(1);
            options.Rotation.Jitter = TimeSpan.Zero;
            options.Rotation.Order = LateReconnectOrder.ConnectFirst;
            options.KeepAliveInterval = options.KeepAliveTimeout = TimeSpan.FromDays(2);
        });
        var old = await host.ReadyAsync();
        host.Time.Advance(TimeSpan.FromHours(1));
        var attempt = await host.Transport.AttemptAsync();
        old.Drop();
        await host.StateAsync(LateConnectionState.Connecting);
        attempt.Accept();

        await host.Client.WaitForReadyAsync(Token);
        Assert.Equal(2, host.Transport.Count);
        Assert.DoesNotContain(host.Logs.GetSnapshot(), static record => record.Id.Name == "RotationFailed");
    }

    [Theory] // Whether it is refused before HandleDisconnect has completed, or after it.
    [InlineData(true)]
    [InlineData(false)]
    public async Task P10_where_it_is_refused_after_the_loss_the_backoff_continues_with_the_next_address(bool isRefusedEarly)
    {
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _handler.In = static (_, state, _) => LateResult.Reconnect(state, new LateReconnect { Order = LateReconnectOrder.ConnectFirst });
        _handler.Disconnect = async (_, state, _) =>
        {
            await release.Task;
            return LateDisconnectResult.Ok(state);
        };
        await using var host = new TestHost(_handler, static options => options.Uris.Add(s_other));
        using var probe = new MetricProbe(host, LateTelemetry.ConnectionAttempts, LateTelemetry.SwitchesRefused);
        var (old, attempt) = await ConnectingAsync(host);
        old.Drop();
        await _handler.SkipToAsync("Disconnect ConnectionLost");
        if (isRefusedEarly)
        {
            attempt.Refuse(HttpStatusCode.ServiceUnavailable);
            await attempt.Answered.ContinueWith(static _ => { }, TaskScheduler.Default);
            release.SetResult();
        }
        else
        {
            release.SetResult();
            await host.StateAsync(LateConnectionState.Connecting);
            attempt.Refuse(HttpStatusCode.ServiceUnavailable);
        }

        await host.LoggedAsync("AttemptFailed");
        Assert.Equal(2, host.Transport.Count);
        await host.NextAttemptAsync();
        var next = await host.Transport.AttemptAsync();
        Assert.Equal(s_other, next.Request.Uri);
        next.Accept();
        await host.Client.WaitForReadyAsync(Token);
        Assert.Equal((3, 1), Counted(host));
        Assert.Equal(3, probe.Of(LateTelemetry.ConnectionAttempts).Count());
        Assert.Empty(probe.Of(LateTelemetry.SwitchesRefused));
        Assert.DoesNotContain(_handler.Trace(), static callback => callback.StartsWith("ReconnectFailed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task P10_ConnectTimeout_includes_the_time_before_the_loss()
    {
        await using var host = new TestHost(_handler);
        var (old, attempt) = await ConnectingAsync(host);
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
        var (old, attempt) = await ConnectingAsync(host);
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
        var (_, attempt) = await ConnectingAsync(host);
        await host.StopAsync(Token);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => attempt.Answered);
        Assert.Equal(2, host.Transport.Count);
    }

    [Theory] // Whether the request comes while HandleDisconnect runs, or later.
    [InlineData(true)]
    [InlineData(false)]
    public async Task P10_a_request_for_another_address_cancels_it(bool isEarly)
    {
        var release = HoldDisconnect();
        await using var host = new TestHost(_handler);
        var (old, attempt) = await ConnectingAsync(host);
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
        var (old, attempt) = await ConnectingAsync(host);
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
        var (old, attempt) = await ConnectingAsync(host);
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
        Assert.Equal((3, 2, s_moved), (connecting, host.Transport.Count, attempt.Request.Uri));
    }

    [Fact]
    public async Task A_second_request_that_waits_for_the_first_leaves_no_address_behind()
    {
        await using var host = new TestHost(_handler);
        var (old, attempt) = await ConnectingAsync(host);
        await host.Client.ReconnectAsync(new LateReconnect { Uri = s_other, Order = LateReconnectOrder.ConnectFirst }, Token);
        old.Drop();
        await host.StateAsync(LateConnectionState.Connecting);
        var next = attempt.Accept();
        await host.Client.WaitForReadyAsync(Token);
        next.Drop();
        await host.NextAttemptAsync();

        Assert.Equal(new Uri("ws://feed.example/v2"), (await host.Transport.AttemptAsync()).Request.Uri);
    }

    /// <summary>A session whose handler has asked for the next connection, and the attempt to make that.</summary>
    private async Task<(FakeSocket Old, FakeAttempt Attempt)> ConnectingAsync(TestHost host)
    {
        var old = await host.ReadyAsync();
        old.Send("reconnect");
        await _handler.SkipToAsync("In reconnect");
        return (old, await host.Transport.AttemptAsync());
    }

    private static (long Attempts, long Failed) Counted(TestHost host)
    {
        var statistics = host.Services.GetRequiredService<ILateConnectionDirectory>().GetConnections()[0].GetStatistics();
        return (statistics.Attempts, statistics.FailedAttempts);
    }

    /// <returns>Lets HandleDisconnect complete.</returns>
    private TaskCompletionSource HoldDisconnect()
    {
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _handler.Disconnect = async (_, state, _) =>
        {
            await release.Task;
            return LateDisconnectResult.Ok(state);
        };
        return release;
    }
}
