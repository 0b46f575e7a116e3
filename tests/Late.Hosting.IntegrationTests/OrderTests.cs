using Late.Hosting.IntegrationTests.Support;

namespace Late.Hosting.IntegrationTests;

/// <summary>Promises P1, P3 and P4: one at a time, the order of life, and frames that stay in their session.</summary>
public sealed class OrderTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [BoundedFact]
    public async Task P1_callbacks_never_overlap_and_each_sender_keeps_its_order()
    {
        const int Count = 500;
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri);
        app.Script.In = async (_, state, _) =>
        {
            if (state % 3 == 0)
            {
                await Task.Yield();
            }

            return LateResult.Ok(state + 1);
        };
        app.Script.Info = (_, state, _) => LateResult.Ok(state);
        app.Script.Call = async (request, call, state, _) =>
        {
            await Task.Yield();
            call.Reply(request.Text);
            return LateResult.Ok(state);
        };
        var peer = await app.StartAsync(server);

        async Task SendFramesAsync()
        {
            for (var i = 0; i < Count; i++)
            {
                await peer.SendAsync($"{i}");
            }
        }

        async Task PostAsync(string sender)
        {
            for (var i = 0; i < Count; i++)
            {
                await app.Client.PostAsync(new Note($"{sender}{i}"), Token);
            }
        }

        async Task CallAsync()
        {
            for (var i = 0; i < Count; i++)
            {
                Assert.Equal($"{i}", await app.Client.CallAsync(new Ask($"{i}"), Token));
            }
        }

        await Task.WhenAll(Task.Run(SendFramesAsync), Task.Run(() => PostAsync("a")), Task.Run(() => PostAsync("b")), Task.Run(CallAsync));
        var seen = new List<string>();
        while (seen.Count < (4 * Count) + 2)
        {
            seen.Add(await app.Life.NextAsync());
        }

        Assert.Equal(0, app.Life.Overlaps);
        foreach (var sender in new[] { "In ", "Info a", "Info b", "Call " })
        {
            Assert.Equal(Enumerable.Range(0, Count).Select(i => $"{sender}{i}"), seen.Where(line => line.StartsWith(sender, StringComparison.Ordinal)));
        }
    }

    [BoundedFact]
    public async Task P3_Init_once_then_a_disconnect_for_every_connect_then_terminate_once()
    {
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri);
        var peer = await app.StartAsync(server);
        await peer.SendAsync("a");
        await app.Life.ExpectAsync("Init", "Connect", "In a");
        peer.Drop();
        peer = await app.AcceptAsync(server);
        await app.Life.ExpectAsync("Disconnect ConnectionLost", "Connect");
        await peer.CloseAsync(1012, "restart");
        (await server.RequestAsync()).Refuse(503);
        peer = await app.AcceptAsync(server);
        await app.Life.ExpectAsync("Disconnect ClosedByServer", "Connect");
        await app.Client.ReconnectAsync("because", Token);
        Assert.Equal((1000, "because"), await peer.AnswerCloseAsync());
        peer = await app.AcceptAsync(server);
        await app.Life.ExpectAsync("Disconnect ReconnectRequested", "Connect");
        await app.Client.PostAsync(new Note("b"), Token);
        Assert.Equal("b", await peer.ReceiveAsync());

        var stop = app.StopAsync();
        Assert.Equal(1000, (await peer.AnswerCloseAsync()).Code);
        await stop;
        await app.Life.ExpectAsync("Info b", "Disconnect HostStopping", "Terminate HostStopping");
        Assert.Equal(12, app.Life.All.Count);
        Assert.Equal(0, app.Life.Overlaps);
    }

    [BoundedFact]
    public async Task P3_what_the_server_sent_before_its_close_is_handled_before_HandleDisconnect()
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

        await peer.SendAsync("a");
        await peer.SendAsync("b");
        await peer.SendAsync("c");
        var close = peer.CloseAsync(1000, "done");
        await app.Life.ExpectAsync("Init", "Connect", "In a");
        release.SetResult();
        await close;
        await app.Life.ExpectAsync("In b", "In c", "Disconnect ClosedByServer");
    }

    [BoundedFact]
    public async Task P4_frames_of_results_leave_in_order()
    {
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri);
        app.Script.Connect = (_, state, _) => LateResult.Send(state, [LateFrame.Text("hello"), LateFrame.Text("login")]);
        app.Script.In = (frame, state, _) =>
        {
            var text = frame.GetText();
            return LateResult.Send(state, Enumerable.Range(0, 3).Select(i => LateFrame.Text($"{text}{i}")));
        };
        var peer = await app.StartAsync(server);

        await peer.SendAsync("a");
        await peer.SendAsync("b");
        var send = app.Client.SendAsync(LateFrame.Text("c"), Token).AsTask();
        string?[] expected = ["hello", "login", "a0", "a1", "a2", "b0", "b1", "b2"];
        var received = new List<string?>();
        while (received.Count < 9)
        {
            received.Add(await peer.ReceiveAsync());
        }

        await send;
        Assert.Equal(expected, received.Where(text => text != "c"));
        Assert.Contains("c", received);
    }

    [BoundedFact]
    public async Task P4_a_frame_of_an_ended_session_never_reaches_the_next()
    {
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri);
        var release = new TaskCompletionSource();
        app.Script.Connect = (_, state, _) => LateResult.Send(state, LateFrame.Text($"session {state}"));
        app.Script.Disconnect = (_, state, _) => LateDisconnectResult.Ok(state + 1);
        app.Script.In = async (_, state, ct) =>
        {
            await release.Task.WaitAsync(ct);
            return LateResult.Send(state, [LateFrame.Text("old"), LateFrame.Text("older")]);
        };
        var peer = await app.StartAsync(server);
        Assert.Equal("session 0", await peer.ReceiveAsync());
        await peer.SendAsync("begin");
        await app.Life.SkipToAsync("In begin");

        var send = app.Client.SendAsync(LateFrame.Text("sent behind it"), Token).AsTask();
        peer.Drop();
        var error = await Assert.ThrowsAsync<LateDisconnectedException>(() => send);
        Assert.Equal(LateDelivery.NotDelivered, error.Delivery);
        release.SetResult();
        await app.Logs.NextAsync("FramesNotSent");
        peer = await app.AcceptAsync(server);
        Assert.Equal("session 1", await peer.ReceiveAsync());
        await app.Client.SendAsync(LateFrame.Text("new"), Token);
        Assert.Equal("new", await peer.ReceiveAsync());
    }

    [BoundedFact]
    public async Task P4_frames_of_a_result_that_stops_leave_before_the_close()
    {
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri);
        app.Script.In = (_, state, _) => LateResult.Send(state, LateFrame.Text("goodbye")).ThenStop(4000, "done");
        var peer = await app.StartAsync(server);

        await peer.SendAsync("stop");
        Assert.Equal("goodbye", await peer.ReceiveAsync());
        Assert.Equal((4000, "done"), await peer.AnswerCloseAsync());
    }
}
