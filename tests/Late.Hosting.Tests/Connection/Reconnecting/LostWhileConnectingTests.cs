using System.Net;
using Late.Hosting.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Late.Hosting.Tests.Connection.Reconnecting;

/// <summary>A session that is lost while the connection that is to follow it is made: the server may have accepted that already, so it follows.</summary>
public sealed class LostWhileConnectingTests
{
    private static readonly Uri s_other = new("ws://feed.example/other");

    private readonly ScriptedHandler _handler = NextConnection.Handler();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task P10_the_attempt_in_progress_is_that_of_the_next_session_and_counts_once()
    {
        await using var host = new TestHost(_handler);
        using var probe = new MetricProbe(host, LateTelemetry.ConnectionAttempts, LateTelemetry.SwitchesRefused);
        var (old, attempt) = await _handler.ConnectingAsync(host);
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
        var release = _handler.HoldDisconnect();
        await using var host = new TestHost(_handler);
        var (old, attempt) = await _handler.ConnectingAsync(host);
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
        Assert.Equal((2, 2, NextConnection.Moved), (hooks, host.Transport.Count, attempt.Request.Uri));
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
        var (old, attempt) = await _handler.ConnectingAsync(host);
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
    public async Task A_second_request_that_waits_for_the_first_leaves_no_address_behind()
    {
        await using var host = new TestHost(_handler);
        var (old, attempt) = await _handler.ConnectingAsync(host);
        await host.Client.ReconnectAsync(new LateReconnect { Uri = s_other, Order = LateReconnectOrder.ConnectFirst }, Token);
        old.Drop();
        await host.StateAsync(LateConnectionState.Connecting);
        var next = attempt.Accept();
        await host.Client.WaitForReadyAsync(Token);
        next.Drop();
        await host.NextAttemptAsync();

        Assert.Equal(new Uri("ws://feed.example/v2"), (await host.Transport.AttemptAsync()).Request.Uri);
    }

    private static (long Attempts, long Failed) Counted(TestHost host)
    {
        var statistics = host.Services.GetRequiredService<ILateConnectionDirectory>().GetConnections()[0].GetStatistics();
        return (statistics.Attempts, statistics.FailedAttempts);
    }
}
