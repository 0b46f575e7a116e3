using Late.Hosting.Tests.Support;
using static Late.Hosting.Tests.Connection.Sending.SendLimits;

namespace Late.Hosting.Tests.Connection.Sending;

/// <summary>A limit on what a connection sends.</summary>
public sealed class SendLimitTests
{
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
}
