using Late.Hosting.IntegrationTests.Support;
using Microsoft.Extensions.Logging;

namespace Late.Hosting.IntegrationTests;

/// <summary>Promise P2: state is transactional, and what follows an exception of a handler.</summary>
public sealed class HandlerErrorTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [BoundedTheory]
    [InlineData("In", false)]
    [InlineData("In", true)]
    [InlineData("Info", false)]
    [InlineData("Info", true)]
    public async Task P2_Continue_an_exception_leaves_the_state_and_the_connection_continues(string callback, bool later)
    {
        await using var server = await TestServer.StartAsync();
        await using var app = Counting(server, LateHandlerErrorBehavior.Continue, later);
        var peer = await app.StartAsync(server);

        Assert.Equal("1", await CountAsync(app, peer, callback, "good"));
        await SendAsync(app, peer, callback, "bad");
        var entry = await app.Logs.NextAsync("CallbackThrew");
        Assert.Equal((LogLevel.Error, $"Handle{callback}"), (entry.Level, entry.Values["Callback"]));
        Assert.Equal(typeof(InvalidDataException).FullName, entry.Exception?.Message);
        Assert.Equal("2", await CountAsync(app, peer, callback, "good"));
        Assert.Equal(1, server.Requests);
    }

    [BoundedTheory]
    [InlineData("In", false)]
    [InlineData("In", true)]
    [InlineData("Info", false)]
    public async Task P2_Restart_closes_with_1011_begins_a_new_life_and_reconnects(string callback, bool later)
    {
        await using var server = await TestServer.StartAsync();
        await using var app = Counting(server, LateHandlerErrorBehavior.Restart, later);
        var peer = await app.StartAsync(server);

        Assert.Equal("1", await CountAsync(app, peer, callback, "good"));
        await SendAsync(app, peer, callback, "bad");
        Assert.Equal(1011, (await peer.AnswerCloseAsync()).Code);
        peer = await app.AcceptAsync(server);
        await app.Life.ExpectAsync("Init", "Connect", $"{callback} good", $"{callback} bad", "Disconnect HandlerError", "Terminate HandlerError", "Init", "Connect");
        Assert.IsType<InvalidDataException>(app.Script.Disconnected!.Exception);
        Assert.Equal("1", await CountAsync(app, peer, callback, "good"));
    }

    [BoundedTheory]
    [InlineData("In", false)]
    [InlineData("Info", true)]
    public async Task P2_Stop_closes_with_1011_and_faults_the_connection(string callback, bool later)
    {
        await using var server = await TestServer.StartAsync();
        await using var app = Counting(server, LateHandlerErrorBehavior.Stop, later);
        var peer = await app.StartAsync(server);

        await SendAsync(app, peer, callback, "bad");
        Assert.Equal(1011, (await peer.AnswerCloseAsync()).Code);
        await app.Life.ExpectAsync("Init", "Connect", $"{callback} bad", "Disconnect HandlerError", "Terminate Faulted");
        Assert.IsType<InvalidDataException>(app.Script.Terminated!.Exception);
        var status = await app.ReachAsync(LateConnectionState.Faulted);
        Assert.IsType<InvalidDataException>(status.Exception);
        await Assert.ThrowsAsync<LateFaultedException>(() => app.Client.CallAsync(new Ask("late"), Token));
        Assert.Equal(1, server.Requests);
    }

    [BoundedTheory]
    [InlineData(LateHandlerErrorBehavior.Continue, false)]
    [InlineData(LateHandlerErrorBehavior.Restart, false)]
    [InlineData(LateHandlerErrorBehavior.Stop, true)]
    public async Task P2_an_exception_of_HandleCall_goes_to_the_caller_and_the_connection_continues(LateHandlerErrorBehavior policy, bool later)
    {
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri, options => options.HandlerErrors = policy);
        app.Script.Call = async (request, call, state, _) =>
        {
            await YieldAsync(later);
            if (request.Text == "bad")
            {
                throw new InvalidDataException("bad");
            }

            call.Reply($"{state}");
            return LateResult.Ok(state + 1);
        };
        await app.StartAsync(server);

        Assert.Equal("0", await app.Client.CallAsync(new Ask("good"), Token));
        await Assert.ThrowsAsync<InvalidDataException>(() => app.Client.CallAsync(new Ask("bad"), Token));
        Assert.Equal("1", await app.Client.CallAsync(new Ask("good"), Token));
        Assert.Equal(1, server.Requests);
        Assert.Equal(LateConnectionState.Ready, app.Client.State);
    }

    [BoundedFact]
    public async Task P2_an_exception_of_HandleConnect_ends_the_session_with_1011_and_backs_off()
    {
        var clock = new TestClock();
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri, clock: clock);
        app.Script.Connect = (_, state, _) => state == 0 ? throw new InvalidDataException("bad") : LateResult.Ok(state);
        app.Script.Disconnect = (_, state, _) => LateDisconnectResult.Ok(state + 1);
        await app.StartAsync();
        var peer = await server.AcceptAsync();

        Assert.Equal(1011, (await peer.AnswerCloseAsync()).Code);
        clock.Advance(await app.BackoffAsync());
        await app.AcceptAsync(server);
        await app.Life.ExpectAsync("Init", "Connect", "Disconnect HandlerError", "Connect");
        Assert.False(app.Script.Disconnected!.WasReady);
    }

    [BoundedFact]
    public async Task P2_Restart_begins_a_new_life_after_an_exception_of_HandleConnect()
    {
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri, options => options.HandlerErrors = LateHandlerErrorBehavior.Restart);
        var inits = 0;
        app.Script.Init = (_, _) => new(++inits);
        app.Script.Connect = (_, state, _) => state == 1 ? throw new InvalidDataException("bad") : LateResult.Ok(state);
        await app.StartAsync();
        var peer = await server.AcceptAsync();

        Assert.Equal(1011, (await peer.AnswerCloseAsync()).Code);
        await app.AcceptAsync(server);
        await app.Life.ExpectAsync("Init", "Connect", "Disconnect HandlerError", "Terminate HandlerError", "Init", "Connect");
    }

    [BoundedFact]
    public async Task P2_an_exception_of_HandleDisconnect_is_logged_and_the_connection_reconnects()
    {
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri);
        app.Script.Disconnect = (_, _, _) => throw new InvalidDataException("bad");
        var peer = await app.StartAsync(server);

        peer.Drop();
        var entry = await app.Logs.NextAsync("CallbackThrew");
        Assert.Equal("HandleDisconnect", entry.Values["Callback"]);
        await app.AcceptAsync(server);
    }

    [BoundedFact]
    public async Task P2_an_exception_of_HandleTerminate_is_logged_and_the_host_stops()
    {
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri);
        app.Script.Terminate = (_, _, _) => throw new InvalidDataException("bad");
        var peer = await app.StartAsync(server);

        var stop = app.StopAsync();
        await peer.AnswerCloseAsync();
        await stop;
        Assert.Equal("HandleTerminate", (await app.Logs.NextAsync("CallbackThrew")).Values["Callback"]);
        Assert.Equal(LateConnectionState.Stopped, app.Client.State);
    }

    [BoundedFact]
    public async Task P2_an_exception_of_Init_faults_the_connection_and_nothing_else_runs()
    {
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri);
        app.Script.Init = (_, _) => throw new InvalidDataException("bad");
        await app.StartAsync();

        var status = await app.ReachAsync(LateConnectionState.Faulted);
        Assert.IsType<InvalidDataException>(status.Exception);
        Assert.Equal(["Init"], app.Life.All);
        Assert.Equal(0, server.Requests);
    }

    [BoundedFact]
    public async Task P2_an_exception_of_Init_after_a_restart_faults_the_connection()
    {
        await using var server = await TestServer.StartAsync();
        await using var app = Counting(server, LateHandlerErrorBehavior.Restart, later: false);
        var inits = 0;
        app.Script.Init = (_, _) => ++inits == 1 ? new(0) : throw new InvalidDataException("bad");
        var peer = await app.StartAsync(server);

        await peer.SendAsync("bad");
        await peer.AnswerCloseAsync();
        await app.ReachAsync(LateConnectionState.Faulted);
        await app.Life.ExpectAsync("Init", "Connect", "In bad", "Disconnect HandlerError", "Terminate HandlerError", "Init");
    }

    [BoundedFact]
    public async Task P2_a_result_with_a_frame_that_cannot_be_sent_is_applied_not_at_all()
    {
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri);
        app.Script.In = (frame, state, _) => frame.GetText() == "bad"
            ? LateResult.Send(state + 10, [LateFrame.Text("half"), default])
            : LateResult.Send(state + 1, LateFrame.Text($"{state}"));
        var peer = await app.StartAsync(server);

        await peer.SendAsync("bad");
        await peer.SendAsync("good");
        Assert.Equal("0", await peer.ReceiveAsync());
    }

    private static TestApp Counting(TestServer server, LateHandlerErrorBehavior policy, bool later)
    {
        var app = new TestApp(server.Uri, options => options.HandlerErrors = policy);
        app.Script.In = (frame, state, _) => CountAsync(frame.GetText(), state, later);
        app.Script.Info = (message, state, _) => CountAsync(message.Text, state, later);
        return app;
    }

    private static async ValueTask<LateResult<int>> CountAsync(string text, int state, bool later)
    {
        await YieldAsync(later);
        return text == "bad"
            ? throw new InvalidDataException("bad")
            : LateResult.Send(state + 1, LateFrame.Text($"{state + 1}"));
    }

    private static async ValueTask YieldAsync(bool later)
    {
        if (later)
        {
            await Task.Yield();
        }
    }

    private static async Task SendAsync(TestApp app, TestPeer peer, string callback, string text)
    {
        if (callback == "In")
        {
            await peer.SendAsync(text);
        }
        else
        {
            await app.Client.PostAsync(new Note(text), Token);
        }
    }

    private static async Task<string?> CountAsync(TestApp app, TestPeer peer, string callback, string text)
    {
        await SendAsync(app, peer, callback, text);
        return await peer.ReceiveAsync();
    }
}
