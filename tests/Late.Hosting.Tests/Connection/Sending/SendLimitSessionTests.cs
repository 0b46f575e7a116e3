using Late.Hosting.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using static Late.Hosting.Tests.Connection.Sending.SendLimits;

namespace Late.Hosting.Tests.Connection.Sending;

/// <summary>The send limit over sessions, their beginning and their end, and what the handler waits for.</summary>
public sealed class SendLimitSessionTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_limit_holds_over_a_reconnect()
    {
        await using var host = new TestHost(configure: options => Limit(options, frames: 2));
        await host.ReadyAsync();
        await host.Client.SendAsync(LateFrame.Text("1"), Token);
        await host.Client.ReconnectAsync("", Token);
        var socket = await host.Transport.AcceptAsync();
        await host.Client.SendAsync(LateFrame.Text("2"), Token);
        var third = host.Client.SendAsync(LateFrame.Text("3"), Token);
        await host.Client.CallAsync(new Ask("behind it"), Token);
        Assert.Equal(["2"], Sent(socket));

        host.Time.Advance(s_window);
        await third;
    }

    [Fact]
    public async Task P4_P6_what_waits_when_its_session_ends_is_not_sent_and_its_senders_are_notified()
    {
        var handler = new ScriptedHandler { Info = (note, state, _) => LateResult.Send(state, LateFrame.Text(note.Text)) };
        await using var host = new TestHost(handler, options => Limit(options, frames: 1));
        await host.ReadyAsync();
        await host.Client.SendAsync(LateFrame.Text("1"), Token);
        var send = host.Client.SendAsync(LateFrame.Text("2"), Token).AsTask();
        await host.Client.PostAsync(new Note("3"), Token);
        await host.Client.CallAsync(new Ask("behind them"), Token);
        await host.Client.ReconnectAsync("", Token);
        var socket = await host.Transport.AcceptAsync();
        await host.Client.WaitForReadyAsync(Token);
        host.Time.Advance(s_window);
        await host.Client.SendAsync(LateFrame.Text("4"), Token);

        Assert.Equal(LateDelivery.NotDelivered, (await Assert.ThrowsAsync<LateDisconnectedException>(() => send)).Delivery);
        Assert.Equal("Forwarding: 1 frames were not sent, because their session has ended. Send again in HandleConnect what the next session needs", Assert.Single(host.Logs.GetSnapshot(), static record => record.Id.Name == "FramesNotSent").Message);
        Assert.Equal(["4"], Sent(socket));
        Assert.Equal(0, host.Services.GetRequiredService<ILateConnectionDirectory>().GetConnections().Single().GetStatistics().FramesWaiting);
    }

    [Fact]
    public async Task P5_a_sender_that_cancels_takes_its_frame_back()
    {
        await using var host = new TestHost(configure: options => Limit(options, frames: 1));
        var socket = await host.ReadyAsync();
        await host.Client.SendAsync(LateFrame.Text("1"), Token);
        using var cancellation = new CancellationTokenSource();
        var timed = host.Client.SendAsync(LateFrame.Text("2"), new LateCallOptions { Timeout = TimeSpan.FromSeconds(5) }, Token).AsTask();
        var cancelled = host.Client.SendAsync(LateFrame.Text("3"), cancellation.Token).AsTask();
        var patient = host.Client.SendAsync(LateFrame.Text("4"), Token);
        await host.Client.CallAsync(new Ask("behind them"), Token);
        await cancellation.CancelAsync();
        host.Time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(LateDelivery.NotDelivered, (await Assert.ThrowsAsync<LateCallTimeoutException>(() => timed)).Delivery);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        host.Time.Advance(s_window - TimeSpan.FromSeconds(5));
        await patient;
        Assert.Equal(["1", "4"], Sent(socket));
    }

    [Fact]
    public async Task P7_the_session_is_ready_when_the_frames_of_HandleConnect_have_left_and_ReadyTimeout_does_not_count_their_wait()
    {
        var handler = new ScriptedHandler { Connect = (state, _) => LateResult.Send(state, [.. Enumerable.Range(1, 5).Select(static number => LateFrame.Text($"{number}"))]) };
        await using var host = new TestHost(handler, options =>
        {
            Limit(options, frames: 2);
            options.ReadyTimeout = TimeSpan.FromSeconds(10);
        });
        await host.StartAsync();
        var socket = await host.Transport.AcceptAsync();
        Assert.Equal("1", await socket.SentAsync());
        Assert.Equal("2", await socket.SentAsync());
        await host.Time.TimerAsync(host.Time.GetUtcNow() + s_window);
        for (var second = 0; second < 6; second++)
        {
            host.Time.Advance(TimeSpan.FromSeconds(10));
        }

        Assert.Equal("3", await socket.SentAsync());
        Assert.Equal("4", await socket.SentAsync());
        Assert.Equal(LateConnectionState.Connected, host.Client.State);
        for (var second = 0; second < 6; second++)
        {
            host.Time.Advance(TimeSpan.FromSeconds(10));
        }

        await host.Client.WaitForReadyAsync(Token);
        Assert.Equal(["5"], Sent(socket));
        Assert.Equal(1, host.Transport.Count);
    }

    [Fact]
    public async Task P8_where_QueueLimit_frames_wait_the_handler_gets_nothing_more_until_one_has_left()
    {
        var handler = new ScriptedHandler { Info = (note, state, _) => LateResult.Send(state, LateFrame.Text(note.Text)) };
        await using var host = new TestHost(handler, options =>
        {
            Limit(options, frames: 1);
            options.SendLimit.QueueLimit = 3;
        });
        var socket = await host.ReadyAsync();
        foreach (var note in (string[])["1", "2", "3", "4"])
        {
            await host.Client.PostAsync(new Note(note), Token);
        }

        await host.Handler.SkipToAsync("Info 4");
        await host.Time.TimerAsync(host.Time.GetUtcNow() + s_window);
        var call = host.Client.CallAsync(new Ask("held"), new LateCallOptions { Timeout = Timeout.InfiniteTimeSpan }, Token);
        host.Time.Advance(s_window - TimeSpan.FromSeconds(1));
        Assert.False(call.IsCompleted);
        host.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal("held", await call);
        Assert.Equal(["1", "2"], Sent(socket));
        Assert.Single(host.Logs.GetSnapshot(), static record => record.Id.Name == "SendQueueFull");
    }

    [Fact]
    public async Task P8_P9_received_messages_wait_too_where_their_answers_do_and_a_stop_does_not()
    {
        var handler = new ScriptedHandler { In = (frame, state, _) => LateResult.Send(state, LateFrame.Text(frame.GetText())) };
        await using var host = new TestHost(handler, options =>
        {
            Limit(options, frames: 2);
            options.SendLimit.QueueLimit = 3;
        });
        var socket = await host.ReadyAsync();
        await host.Handler.SkipToAsync("Connect");
        socket.Send("1", "2", "3", "4", "5", "6", "7", "8", "9");
        await host.Handler.SkipToAsync("In 5");
        await host.Time.TimerAsync(host.Time.GetUtcNow() + s_window);
        host.Time.Advance(s_window);
        await host.Handler.SkipToAsync("In 7");
        await host.StopAsync(Token);

        Assert.Equal(["1", "2", "3", "4"], Sent(socket));
        Assert.Equal(["Disconnect HostStopping", "Terminate HostStopping"], host.Handler.Trace());
    }

    [Fact]
    public async Task P8_what_is_due_leaves_while_a_callback_runs()
    {
        var begun = new TaskCompletionSource();
        var resume = new TaskCompletionSource();
        var handler = new ScriptedHandler
        {
            Info = async (_, state, _) =>
            {
                begun.SetResult();
                await resume.Task;
                return LateResult.Send(state, LateFrame.Text("of the callback"));
            },
        };
        await using var host = new TestHost(handler, options => Limit(options, frames: 1));
        var socket = await host.ReadyAsync();
        await host.Client.SendAsync(LateFrame.Text("1"), Token);
        var second = host.Client.SendAsync(LateFrame.Text("2"), Token);
        await host.Client.PostAsync(new Note(""), Token);
        await begun.Task;
        await host.Time.TimerAsync(host.Time.GetUtcNow() + s_window);
        host.Time.Advance(s_window);
        await second;
        resume.SetResult();
        await host.Client.CallAsync(new Ask("behind it"), Token);
        host.Time.Advance(s_window);

        Assert.Equal("1", await socket.SentAsync());
        Assert.Equal("2", await socket.SentAsync());
        Assert.Equal("of the callback", await socket.SentAsync());
    }

    [Fact]
    public async Task A_session_that_is_replaced_sends_what_waits_before()
    {
        await using var host = new TestHost(configure: options =>
        {
            Limit(options, frames: 1);
            options.SendLimit.Window = TimeSpan.FromSeconds(2);
            (options.Rotation.MaxSessionLifetime, options.Rotation.Jitter) = (TimeSpan.FromSeconds(10), TimeSpan.Zero);
        });
        var socket = await host.ReadyAsync();
        host.Time.Advance(TimeSpan.FromSeconds(9));
        await host.Client.SendAsync(LateFrame.Text("1"), Token);
        var second = host.Client.SendAsync(LateFrame.Text("2"), Token);
        await host.Client.CallAsync(new Ask("behind it"), Token);
        host.Time.Advance(TimeSpan.FromSeconds(1));
        host.Time.Advance(TimeSpan.FromSeconds(1));
        await second;

        Assert.Equal(1000, (await socket.Closed).Code);
        Assert.Equal(["1", "2"], Sent(socket));
    }

    [Fact]
    public async Task The_limit_is_seen_in_the_metrics()
    {
        await using var host = new TestHost(configure: options => Limit(options, frames: 1));
        using var probe = new MetricProbe(host, LateTelemetry.SendWaiting, LateTelemetry.SendDelay);
        await host.ReadyAsync();
        await host.Client.SendAsync(LateFrame.Text("1"), Token);
        var second = host.Client.SendAsync(LateFrame.Text("2"), Token);
        await host.Client.CallAsync(new Ask("behind it"), Token);
        probe.Collect();
        host.Time.Advance(s_window);
        await second;
        probe.Collect();

        Assert.Equal(["1", "0"], probe.Of(LateTelemetry.SendWaiting));
        Assert.Equal(["60"], probe.Of(LateTelemetry.SendDelay));
    }

    [Fact]
    public async Task A_reload_without_the_limit_takes_effect_on_next_use()
    {
        await using var host = new TestHost(settings: new() { ["Late:Forwarding:SendLimit:Frames"] = "1" });
        await host.ReadyAsync();
        await host.Client.SendAsync(LateFrame.Text("1"), Token);
        var second = host.Client.SendAsync(LateFrame.Text("2"), Token);
        await host.Client.CallAsync(new Ask("behind it"), Token);
        host.Configuration["Late:Forwarding:SendLimit:Frames"] = null;
        host.Configuration.Reload();
        host.Time.Advance(s_window);
        await second;

        await host.Client.SendAsync(LateFrame.Text("3"), Token);
        await host.Client.SendAsync(LateFrame.Text("4"), Token);
    }
}
