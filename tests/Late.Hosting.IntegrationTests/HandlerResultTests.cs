using Late.Hosting.IntegrationTests.Support;

namespace Late.Hosting.IntegrationTests;

/// <summary>What results of callbacks bring about, from places where one would not look for them at first.</summary>
public sealed class HandlerResultTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [BoundedFact]
    public async Task HandleConnect_may_stop_the_connection()
    {
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri);
        app.Script.Connect = (_, state, _) => LateResult.Send(state, LateFrame.Text("wrong server")).ThenStop(4000, "wrong server");
        await app.StartAsync();
        var waiting = app.Client.CallAsync(new Ask("price"), Token);
        var peer = await server.AcceptAsync();

        Assert.Equal("wrong server", await peer.ReceiveAsync());
        Assert.Equal((4000, "wrong server"), await peer.AnswerCloseAsync());
        Assert.Equal(LateDelivery.NotDelivered, (await Assert.ThrowsAsync<LateStoppedException>(() => waiting)).Delivery);
        await app.Life.ExpectAsync("Init", "Connect", "Disconnect HandlerStopped", "Terminate HandlerStopped");
    }

    [BoundedFact]
    public async Task HandleConnect_may_ask_for_another_session()
    {
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri);
        app.Script.Connect = (_, state, _) => state == 0 ? LateResult.Reconnect(state + 1, "another node") : LateResult.Ok(state);
        await app.StartAsync();
        var peer = await server.AcceptAsync();

        Assert.Equal((1000, "another node"), await peer.AnswerCloseAsync());
        await app.AcceptAsync(server);
        await app.Life.ExpectAsync("Init", "Connect", "Disconnect ReconnectRequested", "Connect");
    }

    [BoundedFact]
    public async Task A_call_may_have_its_reply_and_stop_the_connection()
    {
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri);
        app.Script.Call = (_, call, state, _) =>
        {
            call.Reply("goodbye");
            return LateResult.Stop(state);
        };
        var peer = await app.StartAsync(server);

        Assert.Equal("goodbye", await app.Client.CallAsync(new Ask("leave"), Token));
        Assert.Equal(1000, (await peer.AnswerCloseAsync()).Code);
        await app.ReachAsync(LateConnectionState.Stopped);
    }

    [BoundedFact]
    public async Task A_callback_may_ask_its_own_client_to_reconnect()
    {
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri, clock: new TestClock());
        app.Script.In = async (_, state, ct) =>
        {
            await app.Script.Client.ReconnectAsync("asked to", ct);
            return LateResult.Ok(state + 1);
        };
        var peer = await app.StartAsync(server);

        await peer.SendAsync("go away");
        Assert.Equal((1000, "asked to"), await peer.AnswerCloseAsync());
        await app.AcceptAsync(server);
        await app.Life.ExpectAsync("Init", "Connect", "In go away", "Disconnect ReconnectRequested", "Connect");
    }

    [BoundedFact]
    public async Task A_close_reason_that_is_too_long_is_cut_at_a_character()
    {
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri);
        app.Script.In = (_, state, _) => LateResult.Stop(state, 4000, new string('€', 100));
        var peer = await app.StartAsync(server);

        await peer.SendAsync("stop");
        Assert.Equal((4000, new string('€', 41)), await peer.AnswerCloseAsync());
    }

    [BoundedFact]
    public async Task An_accepted_post_whose_session_ends_is_dropped_and_logged()
    {
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri);
        var release = new TaskCompletionSource();
        app.Script.In = async (_, state, ct) =>
        {
            await release.Task.WaitAsync(ct);
            return LateResult.Ok(state);
        };
        var peer = await app.StartAsync(server);
        await peer.SendAsync("slow");
        await app.Life.ExpectAsync("Init", "Connect", "In slow");
        await app.Client.PostAsync(new Note("accepted"), Token);

        peer.Drop();
        var entry = await app.Logs.NextAsync("PostDropped");
        Assert.Equal("Note", entry.Values["Message"]);
        release.SetResult();
        await app.AcceptAsync(server);
        await app.Life.ExpectAsync("Disconnect ConnectionLost", "Connect");
    }

    [BoundedFact]
    public async Task HandleConnect_restores_what_the_state_remembers_after_every_reconnect()
    {
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri);
        app.Script.Connect = (_, state, _) => LateResult.Send(state, Enumerable.Range(0, state).Select(i => LateFrame.Text($"subscribe {i}")));
        app.Script.Info = (_, state, _) => LateResult.Send(state + 1, LateFrame.Text($"subscribe {state}"));
        var peer = await app.StartAsync(server);
        for (var i = 0; i < 3; i++)
        {
            await app.Client.PostAsync(new Note("another"), Token);
            Assert.Equal($"subscribe {i}", await peer.ReceiveAsync());
            peer.Drop();
            peer = await app.AcceptAsync(server);
            for (var j = 0; j <= i; j++)
            {
                Assert.Equal($"subscribe {j}", await peer.ReceiveAsync());
            }
        }
    }
}
