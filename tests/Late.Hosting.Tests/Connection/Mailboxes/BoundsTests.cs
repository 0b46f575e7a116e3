using Late.Hosting.Tests.Support;

namespace Late.Hosting.Tests.Connection.Mailboxes;

public sealed class BoundsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task P8_a_full_mailbox_makes_callers_wait_in_order()
    {
        var hold = new TaskCompletionSource();
        var handler = Blocked(hold);
        await using var host = new TestHost(handler, options => options.MailboxCapacity = 4);
        await host.ReadyAsync();
        await BlockAsync(host);
        var posts = Enumerable.Range(0, 6).Select(i => host.Client.PostAsync(new Note($"{i}"), Token).AsTask()).ToArray();

        Assert.Equal([true, true, true, true, false, false], posts.Select(post => post.IsCompletedSuccessfully));
        hold.SetResult();
        await Task.WhenAll(posts);
        var order = new List<string>();
        while (order.Count < 6)
        {
            order.Add(await host.Handler.NextAsync());
        }

        Assert.Equal(Enumerable.Range(0, 6).Select(i => $"Info {i}"), order);
    }

    [Fact]
    public async Task P8_a_caller_that_cancels_makes_room_for_others()
    {
        var hold = new TaskCompletionSource();
        await using var host = new TestHost(Blocked(hold), options => options.MailboxCapacity = 1);
        await host.ReadyAsync();
        await BlockAsync(host);
        var first = host.Client.CallAsync(new Ask("first"), new LateCallOptions { Timeout = TimeSpan.FromSeconds(1) }, Token);
        using var gone = new CancellationTokenSource();
        var second = host.Client.PostAsync(new Note("second"), gone.Token).AsTask();
        var third = host.Client.PostAsync(new Note("third"), Token).AsTask();
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        Assert.False(third.IsCompleted);
        host.Time.Advance(TimeSpan.FromSeconds(1));

        await Assert.ThrowsAsync<LateCallTimeoutException>(() => first);
        await third;
        hold.SetResult();
        Assert.Equal("Info third", await host.Handler.NextAsync());
    }

    [Fact]
    public async Task P8_a_callback_that_runs_for_long_is_warned_of()
    {
        var hold = new TaskCompletionSource();
        await using var host = new TestHost(Blocked(hold));
        await host.ReadyAsync();
        await BlockAsync(host);
        host.Time.Advance(TimeSpan.FromSeconds(5));
        host.Time.Advance(TimeSpan.FromSeconds(5));

        Assert.Contains(host.Logs.GetSnapshot(), record => record.Id.Name == "CallbackRunning" && record.Message.Contains("HandleInfo", StringComparison.Ordinal));
        hold.SetResult();
    }

    [Fact]
    public async Task P11_a_write_that_blocks_ends_the_session_after_SendTimeout()
    {
        await using var host = new TestHost(configure: options => options.SendTimeout = TimeSpan.FromSeconds(7));
        var socket = await host.ReadyAsync();
        socket.BlockWrites();
        var send = host.Client.SendAsync(LateFrame.Text("a"), Token).AsTask();
        await host.Time.TimerAsync(host.Time.GetUtcNow() + TimeSpan.FromSeconds(7));
        host.Time.Advance(TimeSpan.FromSeconds(7));

        Assert.Equal(LateDelivery.Unknown, (await Assert.ThrowsAsync<LateDisconnectedException>(() => send)).Delivery);
        await host.WaitingUntilAsync();
        Assert.Contains("Disconnect SendTimeout", host.Handler.Trace());
    }

    [Fact]
    public async Task P9_a_stop_cancels_a_callback_that_does_not_end_and_runs_Terminate()
    {
        var handler = new ScriptedHandler
        {
            Info = async (_, state, token) =>
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
                return LateResult.Ok(state);
            },
        };
        await using var host = new TestHost(handler);
        var socket = await host.ReadyAsync();
        await BlockAsync(host);
        var stop = host.StopAsync(Token);
        host.Time.Advance(TimeSpan.FromSeconds(5));
        await stop;

        Assert.Equal(["Disconnect HostStopping", "Terminate HostStopping"], host.Handler.Trace());
        Assert.Equal(1000, (await socket.Closed).Code);
        Assert.True(socket.IsDisposed);
        Assert.Equal(LateConnectionState.Stopped, host.Client.State);
    }

    [Fact]
    public async Task P9_a_stop_abandons_a_callback_that_ignores_its_token()
    {
        var hold = new TaskCompletionSource();
        await using var host = new TestHost(Blocked(hold));
        var socket = await host.ReadyAsync();
        await BlockAsync(host);
        var call = host.Client.CallAsync(new Ask("behind it"), new LateCallOptions { Timeout = Timeout.InfiniteTimeSpan }, Token);
        var stop = host.StopAsync(Token);
        await Assert.ThrowsAsync<LateStoppedException>(() => call);
        host.Time.Advance(TimeSpan.FromSeconds(10));
        await stop;

        Assert.True(socket.Aborted.IsCompleted);
        Assert.Equal(LateConnectionState.Stopped, host.Client.State);
        Assert.DoesNotContain("Terminate HostStopping", host.Handler.Trace());
        Assert.Contains(host.Logs.GetSnapshot(), record => record.Id.Name == "CallbackAbandoned");
        hold.SetResult();
    }

    [Fact]
    public async Task P3_no_callback_follows_an_abandoned_one_although_the_server_closed_behind_further_frames()
    {
        var hold = new TaskCompletionSource();
        var ended = new TaskCompletionSource();
        var handler = new ScriptedHandler
        {
            In = async (_, state, _) =>
            {
                await hold.Task;
                ended.SetResult();
                return LateResult.Ok(state);
            },
        };
        await using var host = new TestHost(handler);
        var socket = await host.ReadyAsync();
        socket.Send("a", "b");
        await handler.SkipToAsync("In a");
        socket.Close(1000, "");
        await host.StateAsync(LateConnectionState.Reconnecting);
        var stop = host.StopAsync(Token);
        host.Time.Advance(TimeSpan.FromSeconds(10));
        await stop;

        hold.SetResult();
        await ended.Task;
        Assert.Equal([], handler.Trace());
    }

    [Fact]
    public async Task P9_a_stop_does_not_wait_longer_than_the_host()
    {
        var hold = new TaskCompletionSource();
        await using var host = new TestHost(Blocked(hold));
        await host.ReadyAsync();
        await BlockAsync(host);
        using var hostLimit = new CancellationTokenSource();
        var stop = host.StopAsync(hostLimit.Token);
        await hostLimit.CancelAsync();
        await stop;

        Assert.Equal(LateConnectionState.Stopped, host.Client.State);
        hold.SetResult();
    }

    [Fact]
    public async Task P9_a_stop_writes_what_callbacks_have_sent_and_bounds_the_close_handshake()
    {
        var handler = new ScriptedHandler { Info = (_, state, _) => LateResult.Send(state, LateFrame.Text("goodbye")) };
        await using var host = new TestHost(handler);
        var socket = await host.ReadyAsync();
        socket.AnswersClose = false;
        await host.Client.PostAsync(new Note("a"), Token);
        Assert.Equal("goodbye", await socket.SentAsync());
        var stop = host.StopAsync(Token);
        await socket.Closed;
        host.Time.Advance(TimeSpan.FromSeconds(5));
        await stop;

        Assert.True(socket.Aborted.IsCompleted);
        Assert.Equal("Terminate HostStopping", host.Handler.Trace()[^1]);
    }

    [Fact]
    public async Task P9_a_stop_while_connecting_and_while_waiting_ends_immediately()
    {
        await using var connecting = new TestHost();
        await connecting.StartAsync();
        await connecting.Transport.AttemptAsync();
        await connecting.StopAsync(Token);

        await using var waiting = new TestHost();
        await waiting.StartAsync();
        (await waiting.Transport.AttemptAsync()).Refuse();
        await waiting.WaitingUntilAsync();
        await waiting.StopAsync(Token);

        Assert.Equal(["Init", "Terminate HostStopping"], connecting.Handler.Trace());
        Assert.Equal(["Init", "Terminate HostStopping"], waiting.Handler.Trace());
    }

    private static ScriptedHandler Blocked(TaskCompletionSource hold) => new()
    {
        Info = async (_, state, _) =>
        {
            await hold.Task;
            return LateResult.Ok(state);
        },
    };

    /// <summary>Posts a message whose callback does not end, and waits until it runs.</summary>
    private static async Task BlockAsync(TestHost host)
    {
        host.Handler.Trace();
        await host.Client.PostAsync(new Note("blocks"), Token);
        Assert.Equal("Info blocks", await host.Handler.NextAsync());
    }
}
