using Late.Hosting.IntegrationTests.Support;

namespace Late.Hosting.IntegrationTests;

/// <summary>Promise P9: stopping always ends.</summary>
public sealed class StopTests
{
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(13);
    private static readonly TimeSpan GracePeriod = TimeSpan.FromSeconds(11);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [BoundedFact]
    public async Task P9_an_idle_connection_shakes_hands_and_stops()
    {
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri);
        var peer = await app.StartAsync(server);

        var stop = app.StopAsync();
        Assert.Equal(1000, (await peer.AnswerCloseAsync()).Code);
        await stop;
        Assert.Equal(LateConnectionState.Stopped, app.Client.State);
        await app.Life.ExpectAsync("Init", "Connect", "Disconnect HostStopping", "Terminate HostStopping");
    }

    [BoundedFact]
    public async Task P9_a_server_that_never_answers_the_close_is_waited_for_until_CloseTimeout()
    {
        var clock = new TestClock();
        await using var server = await TestServer.StartAsync();
        await using var app = Stopping(server.Uri, clock);
        var peer = await app.StartAsync(server);

        var stop = app.StopAsync();
        Assert.Equal(1000, (await peer.ReceiveCloseAsync()).Code);
        clock.Advance(CloseTimeout - TimeSpan.FromSeconds(1));
        Assert.False(stop.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(1));
        await stop;
        await app.Logs.NextAsync("CloseTimedOut");
        await app.Life.ExpectAsync("Init", "Connect", "Disconnect HostStopping", "Terminate HostStopping");
    }

    [BoundedFact]
    public async Task P9_a_server_that_continues_sending_does_not_keep_the_stop()
    {
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri);
        var peer = await app.StartAsync(server);
        await peer.SendAsync("before");
        await app.Life.ExpectAsync("Init", "Connect", "In before");

        var stop = app.StopAsync();
        Assert.Equal(1000, (await peer.ReceiveCloseAsync()).Code);
        for (var i = 0; i < 100; i++)
        {
            await peer.SendAsync("after");
        }

        await peer.AnswerAsync();
        await stop;
        await app.Life.ExpectAsync("Disconnect HostStopping", "Terminate HostStopping");
    }

    [BoundedFact]
    public async Task P9_a_running_callback_ends_and_its_frames_are_written_before_the_close()
    {
        var clock = new TestClock();
        await using var server = await TestServer.StartAsync();
        await using var app = Stopping(server.Uri, clock);
        var release = new TaskCompletionSource();
        app.Script.In = async (_, state, ct) =>
        {
            await release.Task.WaitAsync(ct);
            return LateResult.Send(state, LateFrame.Text("the end"));
        };
        var peer = await app.StartAsync(server);
        await peer.SendAsync("begin");
        await app.Life.ExpectAsync("Init", "Connect", "In begin");
        await peer.SendAsync("not any more");

        var stop = app.StopAsync();
        await app.ReachAsync(LateConnectionState.Stopping);
        await Assert.ThrowsAsync<LateStoppedException>(() => app.Client.PostAsync(new Note("no new work"), Token).AsTask());
        release.SetResult();
        Assert.Equal("the end", await peer.ReceiveAsync());
        Assert.Equal(1000, (await peer.AnswerCloseAsync()).Code);
        await stop;
        await app.Life.ExpectAsync("Disconnect HostStopping", "Terminate HostStopping");
    }

    [BoundedFact]
    public async Task P9_a_callback_that_does_not_end_is_cancelled_after_CallbackGracePeriod()
    {
        var clock = new TestClock();
        await using var server = await TestServer.StartAsync();
        await using var app = Stopping(server.Uri, clock);
        app.Script.In = async (_, state, ct) =>
        {
            await new TaskCompletionSource().Task.WaitAsync(ct);
            return LateResult.Ok(state);
        };
        var peer = await app.StartAsync(server);
        await peer.SendAsync("begin");
        await app.Life.ExpectAsync("Init", "Connect", "In begin");

        var stop = app.StopAsync();
        await clock.TimerAsync(GracePeriod + CloseTimeout);
        clock.Advance(GracePeriod);
        await app.Logs.NextAsync("CallbackCanceled");
        Assert.Equal(1000, (await peer.AnswerCloseAsync()).Code);
        await stop;
        await app.Life.ExpectAsync("Disconnect HostStopping", "Terminate HostStopping");
    }

    [BoundedFact]
    public async Task P9_a_callback_that_ignores_its_token_is_abandoned_and_its_calls_fail()
    {
        var clock = new TestClock();
        await using var server = await TestServer.StartAsync();
        await using var app = Stopping(server.Uri, clock);
        var release = new TaskCompletionSource();
        app.Script.Call = async (_, _, state, _) =>
        {
            await release.Task;
            return LateResult.Ok(state);
        };
        await app.StartAsync(server);
        var call = app.Client.CallAsync(new Ask("price"), new LateCallOptions { Timeout = Timeout.InfiniteTimeSpan }, Token);
        await app.Life.ExpectAsync("Init", "Connect", "Call price");

        var stop = app.StopAsync();
        await clock.TimerAsync(GracePeriod + CloseTimeout);
        clock.Advance(GracePeriod);
        Assert.False(stop.IsCompleted);
        clock.Advance(CloseTimeout);
        await stop;
        Assert.Equal(LateDelivery.Unknown, (await Assert.ThrowsAsync<LateStoppedException>(() => call)).Delivery);
        await app.Logs.NextAsync("CallbackAbandoned");
        await app.Logs.NextAsync("TerminateSkipped");
        Assert.Equal(["Init", "Connect", "Call price"], app.Life.All);
        Assert.Equal(0, app.Life.Overlaps);
        release.SetResult();
    }

    [BoundedFact]
    public async Task P9_a_shutdown_timeout_that_is_over_ends_the_stop_immediately()
    {
        var clock = new TestClock();
        await using var server = await TestServer.StartAsync();
        await using var app = Stopping(server.Uri, clock);
        var release = new TaskCompletionSource();
        app.Script.Call = async (_, _, state, _) =>
        {
            await release.Task;
            return LateResult.Ok(state);
        };
        await app.StartAsync(server);
        var call = app.Client.CallAsync(new Ask("price"), Token);
        await app.Life.ExpectAsync("Init", "Connect", "Call price");

        await app.Host.StopAsync(new CancellationToken(canceled: true));
        await Assert.ThrowsAsync<LateStoppedException>(() => call);
        Assert.Equal(LateConnectionState.Stopped, app.Client.State);
        release.SetResult();
    }

    [BoundedFact]
    public async Task P9_a_shutdown_timeout_that_ends_during_the_close_handshake_ends_the_stop()
    {
        var clock = new TestClock();
        await using var server = await TestServer.StartAsync();
        await using var app = Stopping(server.Uri, clock);
        var peer = await app.StartAsync(server);
        using var shutdown = new CancellationTokenSource();

        var stop = app.Host.StopAsync(shutdown.Token);
        Assert.Equal(1000, (await peer.ReceiveCloseAsync()).Code);
        await shutdown.CancelAsync();
        await stop;
        Assert.Equal(LateConnectionState.Stopped, app.Client.State);
    }

    [BoundedFact]
    public async Task P9_a_write_that_the_server_does_not_read_does_not_keep_the_stop()
    {
        var clock = new TestClock();
        using var server = RawServer.Start();
        await using var app = new TestApp(server.Uri, options => (options.CloseTimeout, options.CallbackGracePeriod, options.SendTimeout) = (CloseTimeout, GracePeriod, TimeSpan.FromHours(1)), clock);
        await app.StartAsync();
        using var peer = await server.AcceptAsync();
        await app.Client.WaitForReadyAsync(Token);
        var send = app.Client.SendAsync(LateFrame.Binary(new byte[32 * 1024 * 1024]), Token).AsTask();
        await clock.TimerAsync(TimeSpan.FromHours(1));

        var stop = app.StopAsync();
        await clock.TimerAsync(GracePeriod + CloseTimeout);
        clock.Advance(GracePeriod + CloseTimeout);
        await stop;
        Assert.Equal(LateDelivery.Unknown, (await Assert.ThrowsAnyAsync<LateException>(() => send)).Delivery);
        Assert.Equal(LateConnectionState.Stopped, app.Client.State);
    }

    [BoundedFact]
    public async Task P9_a_HandleTerminate_that_does_not_end_is_abandoned_after_CallbackGracePeriod()
    {
        var clock = new TestClock();
        await using var server = await TestServer.StartAsync();
        await using var app = Stopping(server.Uri, clock);
        app.Script.Terminate = (_, _, _) => new ValueTask(new TaskCompletionSource().Task);
        var peer = await app.StartAsync(server);

        var stop = app.StopAsync();
        await peer.AnswerCloseAsync();
        await app.Life.SkipToAsync("Terminate HostStopping");
        clock.Advance(GracePeriod);
        await stop;
        await app.Logs.NextAsync("TerminateTimedOut");
    }

    [BoundedFact]
    public async Task P9_HandleTerminate_has_its_time_after_a_callback_and_a_close_that_took_all_of_theirs()
    {
        var clock = new TestClock();
        await using var server = await TestServer.StartAsync();
        await using var app = Stopping(server.Uri, clock);
        app.Script.In = async (_, state, ct) =>
        {
            await new TaskCompletionSource().Task.WaitAsync(ct);
            return LateResult.Ok(state);
        };
        app.Script.Terminate = async (_, _, ct) => await Task.Delay(TimeSpan.FromSeconds(9), clock, ct);
        var peer = await app.StartAsync(server);
        await peer.SendAsync("begin");
        await app.Life.ExpectAsync("Init", "Connect", "In begin");

        var stop = app.StopAsync();
        await clock.TimerAsync(GracePeriod + CloseTimeout);
        clock.Advance(GracePeriod);
        Assert.Equal(1000, (await peer.ReceiveCloseAsync()).Code);
        clock.Advance(CloseTimeout);
        await app.Life.SkipToAsync("Terminate HostStopping");
        await clock.TimerAsync(TimeSpan.FromSeconds(9));
        clock.Advance(TimeSpan.FromSeconds(9));
        await stop;

        Assert.Empty(app.Logs.Of("TerminateTimedOut"));
        Assert.Equal(LateConnectionState.Stopped, app.Client.State);
    }

    [BoundedFact]
    public async Task P9_stopping_again_changes_nothing()
    {
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri);
        var peer = await app.StartAsync(server);
        var stop = app.StopAsync();
        await peer.AnswerCloseAsync();
        await stop;

        await app.StopAsync();
        Assert.Equal(["Init", "Connect", "Disconnect HostStopping", "Terminate HostStopping"], app.Life.All);
    }

    private static TestApp Stopping(Uri uri, TestClock clock) => new(uri, options => (options.CloseTimeout, options.CallbackGracePeriod) = (CloseTimeout, GracePeriod), clock);
}
