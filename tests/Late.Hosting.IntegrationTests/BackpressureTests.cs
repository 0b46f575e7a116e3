using Late.Hosting.IntegrationTests.Support;
using Microsoft.Extensions.Logging;

namespace Late.Hosting.IntegrationTests;

/// <summary>Promise P8: bounded, and a slow callback never costs the connection.</summary>
public sealed class BackpressureTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [BoundedFact]
    public async Task P8_callers_wait_for_room_in_the_mailbox_and_are_let_in_in_order()
    {
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri, options => options.MailboxCapacity = 2);
        var permits = new SemaphoreSlim(0);
        app.Script.Info = async (_, state, ct) =>
        {
            await permits.WaitAsync(ct);
            return LateResult.Ok(state);
        };
        await app.StartAsync(server);

        await app.Client.PostAsync(new Note("running"), Token);
        await app.Life.ExpectAsync("Init", "Connect", "Info running");
        await app.Client.PostAsync(new Note("first"), Token);
        await app.Client.PostAsync(new Note("second"), Token);
        var third = app.Client.PostAsync(new Note("third"), Token).AsTask();
        var fourth = app.Client.PostAsync(new Note("fourth"), Token).AsTask();
        using var caller = new CancellationTokenSource();
        var cancelled = app.Client.PostAsync(new Note("cancelled"), caller.Token).AsTask();
        Assert.False(third.IsCompleted);
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);

        permits.Release();
        await third;
        await app.Life.ExpectAsync("Info first");
        Assert.False(fourth.IsCompleted);
        permits.Release(4);
        await fourth;
        await app.Life.ExpectAsync("Info second", "Info third", "Info fourth");
    }

    [BoundedFact]
    public async Task P8_calls_and_sends_wait_for_room_too()
    {
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri, options => options.MailboxCapacity = 1);
        var release = new TaskCompletionSource();
        app.Script.Info = async (_, state, ct) =>
        {
            await release.Task.WaitAsync(ct);
            return LateResult.Ok(state);
        };
        var peer = await app.StartAsync(server);
        await app.Client.PostAsync(new Note("running"), Token);
        await app.Life.ExpectAsync("Init", "Connect", "Info running");

        var calls = Enumerable.Range(1, 5).Select(i => app.Client.CallAsync(new Ask($"{i}"), Token)).ToArray();
        var send = app.Client.SendAsync(LateFrame.Text("last"), Token).AsTask();
        release.SetResult();
        for (var i = 1; i <= calls.Length; i++)
        {
            Assert.Equal($"{i} {i}", await peer.ReceiveAsync());
            await peer.SendAsync($"{i} ok");
            Assert.Equal("ok", await calls[i - 1]);
        }

        await send;
        Assert.Equal("last", await peer.ReceiveAsync());
    }

    [BoundedFact]
    public async Task P8_a_blocked_callback_stops_the_reading_and_TCP_slows_the_server_down()
    {
        const int Messages = 512;
        const int Bytes = 64 * 1024;
        var gauge = new ReadGauge();
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri, options => options.ReceiveBufferBytes = 256 * 1024, configure: gauge.Attach);
        var release = new TaskCompletionSource();
        app.Script.In = async (frame, state, ct) =>
        {
            await release.Task.WaitAsync(ct);
            return frame.Payload.Span[0] == (byte)state ? LateResult.Ok(state + 1) : LateResult.Stop(state, 4000, "out of order");
        };
        var peer = await app.StartAsync(server);

        var firstSent = new TaskCompletionSource();
        async Task FloodAsync()
        {
            var message = new byte[Bytes];
            for (var i = 0; i < Messages; i++)
            {
                message[0] = (byte)i;
                await peer.SendAsync(message);
                if (i == 16)
                {
                    firstSent.SetResult();
                }
            }
        }

        var flood = FloodAsync();
        await firstSent.Task;
        await app.Life.ExpectAsync("Init", "Connect", $"In {Bytes} bytes");
        Assert.False(flood.IsCompleted);
        Assert.InRange(gauge.Bytes, 1, (256 * 1024) + (2 * Bytes));
        Assert.Equal(LateConnectionState.Ready, app.Client.State);

        release.SetResult();
        await flood;
        for (var i = 1; i < Messages; i++)
        {
            await app.Life.ExpectAsync($"In {Bytes} bytes");
        }

        await app.Client.PostAsync(new Note("still there"), Token);
        Assert.Equal("still there", await peer.ReceiveAsync());
        Assert.Equal(1, server.Requests);
    }

    [BoundedFact]
    public async Task P8_a_message_larger_than_the_receive_buffer_still_gets_through()
    {
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri, options => options.ReceiveBufferBytes = 1);
        var peer = await app.StartAsync(server);

        await peer.SendAsync(new byte[100_000]);
        await peer.SendAsync("and the next");
        await app.Life.ExpectAsync("Init", "Connect", "In 100000 bytes", "In and the next");
    }

    [BoundedFact]
    public async Task P8_a_callback_that_runs_for_long_is_logged()
    {
        var clock = new TestClock();
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri, clock: clock);
        var release = new TaskCompletionSource();
        app.Script.In = async (_, state, ct) =>
        {
            await release.Task.WaitAsync(ct);
            return LateResult.Ok(state);
        };
        var peer = await app.StartAsync(server);
        await peer.SendAsync("slow");
        await app.Life.ExpectAsync("Init", "Connect", "In slow");

        clock.Advance(TimeSpan.FromSeconds(5));
        clock.Advance(TimeSpan.FromSeconds(5));
        var entry = await app.Logs.NextAsync("CallbackRunning");
        Assert.Equal((LogLevel.Warning, "HandleIn"), (entry.Level, entry.Values["Callback"]));
        release.SetResult();
    }

    [BoundedFact]
    public async Task P8_what_earlier_callbacks_sent_does_not_wait_for_a_slow_one()
    {
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri);
        var release = new TaskCompletionSource();
        app.Script.In = async (frame, state, ct) =>
        {
            if (frame.GetText() == "slow")
            {
                await release.Task.WaitAsync(ct);
            }

            return LateResult.Send(state, LateFrame.Text(frame.GetText()));
        };
        var peer = await app.StartAsync(server);

        await peer.SendPartAsync("quick", isLast: true);
        await peer.SendAsync("slow");
        Assert.Equal("quick", await peer.ReceiveAsync());
        release.SetResult();
        Assert.Equal("slow", await peer.ReceiveAsync());
    }
}
