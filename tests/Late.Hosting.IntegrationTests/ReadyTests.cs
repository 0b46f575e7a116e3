using Late.Hosting.IntegrationTests.Support;

namespace Late.Hosting.IntegrationTests;

/// <summary>Promise P7: before the connection is ready, calls wait or fail, as the caller chooses.</summary>
public sealed class ReadyTests
{
    private static readonly LateCallOptions Fail = new() { WhenNotReady = LateWhenNotReady.Fail };
    private static readonly LatePostOptions s_failingPost = new() { WhenNotReady = LateWhenNotReady.Fail };
    private static readonly LateCallOptions Wait = new() { WhenNotReady = LateWhenNotReady.Wait };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [BoundedFact]
    public async Task P7_calls_wait_for_HandleConnect_and_its_frames()
    {
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri);
        var release = new TaskCompletionSource();
        app.Script.Connect = async (_, state, ct) =>
        {
            await release.Task.WaitAsync(ct);
            return LateResult.Send(state, LateFrame.Text("login"));
        };
        await app.StartAsync();
        var call = app.Client.CallAsync(new Ask("price"), Token);
        var peer = await server.AcceptAsync();
        await app.Life.ExpectAsync("Init", "Connect");
        Assert.Equal(LateConnectionState.Connected, app.Client.State);
        var post = app.Client.PostAsync(new Note("note"), Token);
        Assert.False(post.IsCompleted);

        release.SetResult();
        Assert.Equal("login", await peer.ReceiveAsync());
        Assert.Equal("1 price", await peer.ReceiveAsync());
        Assert.Equal("note", await peer.ReceiveAsync());
        await post;
        await peer.SendAsync("1 42");
        Assert.Equal("42", await call);
    }

    [BoundedFact]
    public async Task P7_held_calls_wait_for_their_release_and_leave_after_its_frames()
    {
        await using var server = await TestServer.StartAsync();
        await using var app = Login(server);
        await app.StartAsync();
        var peer = await server.AcceptAsync();
        Assert.Equal("login", await peer.ReceiveAsync());
        await app.Life.ExpectAsync("Init", "Connect");

        var call = app.Client.CallAsync(new Ask("price"), Token);
        var send = app.Client.SendAsync(LateFrame.Text("frame"), Token).AsTask();
        await peer.SendAsync("not yet");
        await app.Life.ExpectAsync("In not yet");
        Assert.Equal(LateConnectionState.Connected, app.Client.State);
        Assert.False(send.IsCompleted);
        await peer.SendAsync("welcome");
        Assert.Equal("thanks", await peer.ReceiveAsync());
        Assert.Equal("1 price", await peer.ReceiveAsync());
        Assert.Equal("frame", await peer.ReceiveAsync());
        await send;
        Assert.Equal(LateConnectionState.Ready, app.Client.State);
        await peer.SendAsync("welcome");
        Assert.Equal("thanks", await peer.ReceiveAsync());
        peer.Drop();
        await Assert.ThrowsAsync<LateDisconnectedException>(() => call);
    }

    [BoundedFact]
    public async Task P7_a_session_that_is_never_released_counts_as_a_failed_attempt()
    {
        var clock = new TestClock();
        await using var server = await TestServer.StartAsync();
        await using var app = Login(server, options => options.ReadyTimeout = TimeSpan.FromSeconds(13), clock);
        await app.StartAsync();
        var peer = await server.AcceptAsync();
        var call = app.Client.CallAsync(new Ask("price"), new LateCallOptions { Timeout = Timeout.InfiniteTimeSpan }, Token);
        Assert.Equal("login", await peer.ReceiveAsync());
        await clock.TimerAsync(TimeSpan.FromSeconds(13));

        clock.Advance(TimeSpan.FromSeconds(13));
        await peer.AnswerCloseAsync();
        await app.Life.ExpectAsync("Init", "Connect", "Disconnect ReadyTimeout");
        Assert.False(app.Script.Disconnected!.WasReady);
        clock.Advance(await app.BackoffAsync());
        peer = await server.AcceptAsync();
        Assert.Equal("login", await peer.ReceiveAsync());
        await peer.SendAsync("welcome");
        Assert.Equal("thanks", await peer.ReceiveAsync());
        Assert.Equal("1 price", await peer.ReceiveAsync());
        await peer.SendAsync("1 42");
        Assert.Equal("42", await call);
    }

    [BoundedFact]
    public async Task P7_what_does_not_want_to_wait_fails_immediately()
    {
        var clock = new TestClock();
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri, options => options.WhenNotReady = LateWhenNotReady.Fail, clock);
        await app.StartAsync();
        (await server.RequestAsync()).Refuse(503);
        var delay = await app.BackoffAsync();

        var failures = new List<LateDisconnectedException>
        {
            await Assert.ThrowsAsync<LateDisconnectedException>(() => app.Client.CallAsync(new Ask("a"), Token)),
            await Assert.ThrowsAsync<LateDisconnectedException>(() => app.Client.PostAsync(new Note("b"), Token).AsTask()),
            await Assert.ThrowsAsync<LateDisconnectedException>(() => app.Client.SendAsync(LateFrame.Text("c"), Token).AsTask()),
        };
        Assert.All(failures, failure => Assert.Equal(LateDelivery.NotDelivered, failure.Delivery));
        Assert.All(failures, failure => Assert.Contains("503", failure.Message, StringComparison.Ordinal));
        var waiting = app.Client.PostAsync(new Note("patient"), new LatePostOptions { WhenNotReady = LateWhenNotReady.Wait }, Token);
        clock.Advance(delay);
        var peer = await app.AcceptAsync(server);
        await waiting;
        Assert.Equal("patient", await peer.ReceiveAsync());
    }

    [BoundedFact]
    public async Task P7_a_single_call_may_choose_not_to_wait()
    {
        var clock = new TestClock();
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri, clock: clock);
        await app.StartAsync();
        var request = await server.RequestAsync();

        await Assert.ThrowsAsync<LateDisconnectedException>(() => app.Client.CallAsync(new Ask("a"), Fail, Token));
        await Assert.ThrowsAsync<LateDisconnectedException>(() => app.Client.PostAsync(new Note("b"), s_failingPost, Token).AsTask());
        await Assert.ThrowsAsync<LateDisconnectedException>(() => app.Client.SendAsync(LateFrame.Text("c"), Fail, Token).AsTask());
        var peer = await request.AcceptAsync();
        await app.Client.WaitForReadyAsync(Token);
        await app.Client.PostAsync(new Note("ready"), s_failingPost, Token);
        Assert.Equal("ready", await peer.ReceiveAsync());
    }

    [BoundedFact]
    public async Task P7_a_call_that_would_not_wait_is_taken_as_soon_as_the_state_is_ready()
    {
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri);
        using var reached = new SemaphoreSlim(0);
        using var resume = new SemaphoreSlim(0);
        app.Logs.Writing = entry =>
        {
            if (entry.Event.Name == "Ready")
            {
                // The connection is becoming ready, and is held up on its way.
                reached.Release();
                resume.Wait(Token);
            }
        };
        await app.StartAsync();
        var peer = await server.AcceptAsync();
        await reached.WaitAsync(Token);
        var ready = app.Client.WaitForReadyAsync(Token);
        if (!ready.IsCompleted)
        {
            resume.Release();
        }

        await ready;
        var post = app.Client.PostAsync(new Note("taken"), s_failingPost, Token).AsTask();
        resume.Release();
        await post;
        Assert.Equal("taken", await peer.ReceiveAsync());
    }

    [BoundedFact]
    public async Task P7_a_call_that_waits_in_vain_times_out_and_was_not_delivered()
    {
        var clock = new TestClock();
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri, clock: clock);
        await app.StartAsync();
        (await server.RequestAsync()).Refuse(503, "900");
        await app.BackoffAsync();

        var call = app.Client.CallAsync(new Ask("a"), Token);
        var post = app.Client.PostAsync(new Note("b"), new LatePostOptions { Timeout = TimeSpan.FromSeconds(4) }, Token).AsTask();
        var send = app.Client.SendAsync(LateFrame.Text("c"), new LateCallOptions { Timeout = TimeSpan.FromSeconds(4) }, Token).AsTask();
        clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(LateDelivery.NotDelivered, (await Assert.ThrowsAsync<LateCallTimeoutException>(() => call)).Delivery);
        Assert.Equal(LateDelivery.NotDelivered, (await Assert.ThrowsAsync<LateCallTimeoutException>(() => post)).Delivery);
        Assert.Equal(LateDelivery.NotDelivered, (await Assert.ThrowsAsync<LateCallTimeoutException>(() => send)).Delivery);
        Assert.Equal(["Init"], app.Life.All);
    }

    [BoundedFact]
    public async Task P7_holding_calls_outside_HandleConnect_is_an_error_that_changes_nothing()
    {
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri);
        app.Script.In = (_, state, _) => LateResult.Send(state, LateFrame.Text("unsent")).HoldCalls();
        var peer = await app.StartAsync(server);

        await peer.SendAsync("hold");
        var entry = await app.Logs.NextAsync("CallbackThrew");
        Assert.Contains("HoldCalls() belongs to the result of HandleConnect", entry.Exception?.Message, StringComparison.Ordinal);
        await app.Client.PostAsync(new Note("continues"), Token);
        Assert.Equal("continues", await peer.ReceiveAsync());
    }

    private static TestApp Login(TestServer server, Action<LateConnectionOptions>? options = null, TestClock? clock = null)
    {
        var app = new TestApp(server.Uri, options, clock);
        var answer = app.Script.In;
        app.Script.Connect = (_, state, _) => LateResult.Send(state, LateFrame.Text("login")).HoldCalls();
        app.Script.In = (frame, state, ct) => frame.GetText() == "welcome"
            ? LateResult.Send(state, LateFrame.Text("thanks")).ReleaseCalls()
            : answer(frame, state, ct);
        return app;
    }
}
