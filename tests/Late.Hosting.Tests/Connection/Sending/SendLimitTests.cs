using Late.Hosting.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Late.Hosting.Tests.Connection.Sending;

/// <summary>A limit on what a connection sends.</summary>
public sealed class SendLimitTests
{
    private static readonly TimeSpan s_window = TimeSpan.FromSeconds(60);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_too_early_waits_and_leaves_in_its_order()
    {
        await using var host = new TestHost(configure: options => Limit(options, frames: 2));
        var socket = await host.ReadyAsync();
        var sends = Enumerable.Range(1, 5).Select(number => host.Client.SendAsync(LateFrame.Text($"{number}"), Token).AsTask()).ToArray();
        await Task.WhenAll(sends[..2]);
        await host.Client.CallAsync(new Ask("still handled"), Token);
        Assert.Equal(["1", "2"], Sent(socket));
        Assert.All(sends[2..], static send => Assert.False(send.IsCompleted));

        host.Time.Advance(s_window);
        await Task.WhenAll(sends[..4]);
        Assert.Equal(["3", "4"], Sent(socket));
        host.Time.Advance(s_window);
        await sends[4];
        Assert.Equal(["5"], Sent(socket));
    }

    [Fact]
    public async Task P4_the_frames_of_a_result_that_wait_leave_before_those_of_a_later_one()
    {
        var handler = new ScriptedHandler { Info = (note, state, _) => LateResult.Send(state, [LateFrame.Text($"{note.Text}1"), LateFrame.Text($"{note.Text}2")]) };
        await using var host = new TestHost(handler, options => Limit(options, frames: 3));
        var socket = await host.ReadyAsync();
        await host.Client.PostAsync(new Note("a"), Token);
        await host.Client.PostAsync(new Note("b"), Token);
        var last = host.Client.SendAsync(LateFrame.Text("c"), Token);
        await host.Client.CallAsync(new Ask("behind them"), Token);
        Assert.Equal(["a1", "a2", "b1"], Sent(socket));

        host.Time.Advance(s_window);
        await last;
        Assert.Equal(["b2", "c"], Sent(socket));
    }

    [Fact]
    public async Task What_is_due_leaves_immediately_also_while_so_many_wait_that_the_handler_gets_nothing_more_to_do()
    {
        var handler = new ScriptedHandler { Info = static (_, state, _) => LateResult.Send(state, [LateFrame.Text("1"), LateFrame.Text("2"), LateFrame.Text("3")]) };
        await using var host = new TestHost(handler, options =>
        {
            Limit(options, frames: 1);
            options.SendLimit.QueueLimit = 1;
        });
        var socket = await host.ReadyAsync();
        await host.Client.PostAsync(new Note(""), Token);
        Assert.Equal("1", await socket.SentAsync());
        await host.Time.TimerAsync(host.Time.GetUtcNow() + s_window);
        host.Time.Advance(s_window);

        Assert.Equal("2", await socket.SentAsync());
    }

    [Fact]
    public async Task P8_a_window_begins_at_the_end_of_a_write_however_late_it_begins()
    {
        await using var host = new TestHost(configure: options => Limit(options, frames: 2));
        var socket = await host.ReadyAsync();
        var written = new List<double>();
        var began = host.Time.GetUtcNow();
        socket.Writing = () =>
        {
            // The first two are kept waiting between the decision and the write, as on a machine that is busy.
            host.Time.Advance(TimeSpan.FromSeconds(written.Count < 2 ? 10 : 0));
            written.Add((host.Time.GetUtcNow() - began).TotalSeconds);
        };
        var sends = Enumerable.Range(1, 4).Select(number => host.Client.SendAsync(LateFrame.Text($"{number}"), Token).AsTask()).ToArray();
        await Task.WhenAll(sends[..2]);
        var patient = new LateCallOptions { Timeout = Timeout.InfiniteTimeSpan };
        await host.Client.CallAsync(new Ask("behind them"), patient, Token);
        for (var second = 0; second < 60; second++)
        {
            host.Time.Advance(TimeSpan.FromSeconds(1));
            await host.Client.CallAsync(new Ask("looks what is due"), patient, Token);
        }

        host.Time.Advance(s_window);
        await Task.WhenAll(sends);
        Assert.All(written.Zip(written.Skip(2)), static pair => Assert.True(pair.Second - pair.First >= 60, $"{pair.First} and {pair.Second}"));
    }

    [Fact]
    public async Task P8_a_write_that_is_blocked_counts_all_its_frames_from_its_end()
    {
        await using var host = new TestHost(configure: options =>
        {
            Limit(options, frames: 2);
            options.SendTimeout = TimeSpan.FromMinutes(10);
        });
        var socket = await host.ReadyAsync();
        socket.BlockWrites();
        var sends = Enumerable.Range(1, 3).Select(number => host.Client.SendAsync(LateFrame.Text($"{number}"), Token).AsTask()).ToArray();
        await host.Time.TimerAsync(host.Time.GetUtcNow() + TimeSpan.FromMinutes(10));
        host.Time.Advance(TimeSpan.FromSeconds(90));
        socket.UnblockWrites();
        await Task.WhenAll(sends[..2]);
        await host.Client.CallAsync(new Ask("behind them"), Token);
        host.Time.Advance(TimeSpan.FromSeconds(59));
        await host.Client.CallAsync(new Ask("behind the second"), Token);
        Assert.Equal(["1", "2"], Sent(socket));
        host.Time.Advance(TimeSpan.FromSeconds(1));
        await sends[2];

        Assert.Equal(["3"], Sent(socket));
    }

    [Fact]
    public async Task What_a_failed_write_held_may_have_reached_the_server_until_it_failed()
    {
        await using var host = new TestHost(configure: options =>
        {
            Limit(options, frames: 1);
            options.SendTimeout = TimeSpan.FromSeconds(7);
        });
        var began = host.Time.GetUtcNow();
        var first = await host.ReadyAsync();
        first.BlockWrites();
        var lost = host.Client.SendAsync(LateFrame.Text("1"), Token).AsTask();
        await host.Time.TimerAsync(began + TimeSpan.FromSeconds(7));
        host.Time.Advance(TimeSpan.FromSeconds(7));
        await Assert.ThrowsAsync<LateDisconnectedException>(() => lost);
        await host.Client.ReconnectAsync("", Token);
        await host.Transport.AcceptAsync();
        var sending = host.Client.SendAsync(LateFrame.Text("2"), Token);

        await host.Time.TimerAsync(began + TimeSpan.FromSeconds(67));
        host.Time.Advance(s_window);
        await sending;
    }

    [Fact]
    public async Task The_memory_of_a_frame_that_waits_is_copied()
    {
        var memory = "first"u8.ToArray();
        var handler = new ScriptedHandler { Info = (_, state, _) => LateResult.Send(state, LateFrame.Binary(memory)) };
        await using var host = new TestHost(handler, options => Limit(options, frames: 1));
        var socket = await host.ReadyAsync();
        await host.Client.SendAsync(LateFrame.Text("all there may be"), Token);
        await host.Client.PostAsync(new Note(""), Token);
        await host.Client.CallAsync(new Ask("behind it"), Token);
        "after"u8.CopyTo(memory);
        host.Time.Advance(s_window);
        Assert.Equal("all there may be", await socket.SentAsync());

        Assert.Equal("first", await socket.SentAsync());
    }

    [Fact]
    public async Task Pings_pongs_and_closes_neither_wait_nor_count()
    {
        var handler = new ScriptedHandler
        {
            Info = (note, state, _) => LateResult.Send(state, note.Text == "ping" ? LateFrame.Ping("ping"u8.ToArray()) : LateFrame.Text(note.Text)),
        };
        await using var host = new TestHost(handler, options => Limit(options, frames: 1));
        var socket = await host.ReadyAsync();
        foreach (var note in (string[])["ping", "a", "b", "ping"])
        {
            await host.Client.PostAsync(new Note(note), Token);
        }

        await host.Client.CallAsync(new Ask("behind them"), Token);
        Assert.Equal(["ping", "a", "ping"], Sent(socket));
        await host.StopAsync(Token);

        Assert.Equal(1000, (await socket.Closed).Code);
        Assert.False(socket.TrySent(out _));
    }

    [Fact]
    public async Task A_byte_limit_counts_payloads()
    {
        await using var host = new TestHost(configure: options => (options.SendLimit.Bytes, options.SendLimit.Window) = (10, s_window));
        var socket = await host.ReadyAsync();
        await host.Client.SendAsync(LateFrame.Text("12345"), Token);
        await host.Client.SendAsync(LateFrame.Text("éé"), Token);
        var waits = host.Client.SendAsync(LateFrame.Text("12"), Token);
        var behind = host.Client.SendAsync(LateFrame.Text("1"), Token);
        await host.Client.CallAsync(new Ask("behind them"), Token);
        Assert.Equal(["12345", "éé"], Sent(socket));

        host.Time.Advance(s_window);
        await waits;
        await behind;
        Assert.Equal(["12", "1"], Sent(socket));
    }

    [Fact]
    public async Task What_callbacks_that_block_send_is_on_the_socket_before_the_next_of_them_runs()
    {
        TestHost? host = null;
        FakeSocket? socket = null;
        var seen = new List<string>();
        var handler = new ScriptedHandler
        {
            In = (frame, state, _) =>
            {
                seen.AddRange(Sent(socket!));
                seen.Add("a window later");
                host!.Time.Advance(s_window);
                return LateResult.Send(state, LateFrame.Text(frame.GetText()));
            },
        };
        await using var limited = host = new TestHost(handler, options => Limit(options, frames: 1));
        socket = await host.ReadyAsync();
        socket.Send("1", "2", "3");
        await host.Handler.SkipToAsync("In 3");
        await host.Client.CallAsync(new Ask("behind it"), Token);
        seen.AddRange(Sent(socket));

        Assert.Equal(["a window later", "1", "a window later", "2", "a window later", "3"], seen);
    }

    [Fact]
    public async Task A_frame_that_could_never_be_sent_is_refused()
    {
        var handler = new ScriptedHandler { Call = (_, _, state, _) => LateResult.Send(state, [LateFrame.Text("1"), LateFrame.Text("12345678901")]) };
        await using var host = new TestHost(handler, options => options.SendLimit.Bytes = 10);
        var socket = await host.ReadyAsync();
        var sent = await Assert.ThrowsAsync<ArgumentException>(() => host.Client.SendAsync(LateFrame.Text("12345678901"), Token).AsTask());
        var called = await Assert.ThrowsAnyAsync<InvalidOperationException>(() => host.Client.CallAsync(new Ask(""), Token));

        Assert.StartsWith("A frame has 11 bytes, and SendLimit:Bytes allows 10 in 00:01:00", sent.Message, StringComparison.Ordinal);
        Assert.StartsWith("A frame has 11 bytes, and SendLimit:Bytes allows 10 in 00:01:00", called.Message, StringComparison.Ordinal);
        Assert.False(socket.TrySent(out _));
    }

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

    private static void Limit(LateConnectionOptions options, int frames)
    {
        (options.SendLimit.Frames, options.SendLimit.Window) = (frames, s_window);
        options.AllowSilence();
    }

    private static List<string> Sent(FakeSocket socket)
    {
        var sent = new List<string>();
        while (socket.TrySent(out var text))
        {
            sent.Add(text!);
        }

        return sent;
    }
}
