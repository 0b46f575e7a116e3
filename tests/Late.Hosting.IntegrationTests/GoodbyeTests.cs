using Late.Hosting.IntegrationTests.Support;

namespace Late.Hosting.IntegrationTests;

/// <summary>Promise P18 over a socket: the server receives the goodbye before the close frame, whatever closes the session.</summary>
public sealed class GoodbyeTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [BoundedTheory]
    [InlineData("stop", LateDisconnectReason.HostStopping)]
    [InlineData("request", LateDisconnectReason.ReconnectRequested)]
    [InlineData("reload", LateDisconnectReason.ReconnectRequested)]
    [InlineData("rotation", LateDisconnectReason.Rotated)]
    public async Task P18_the_server_receives_the_goodbye_before_the_close_frame_with_the_chosen_code(string kind, LateDisconnectReason reason)
    {
        var clock = new TestClock();
        await using var server = await TestServer.StartAsync();
        var settings = Settings(server.Uri);
        await using var app = new TestApp(null, clock: clock, settings: settings);
        app.Script.Closing = static (_, state, _) => LateResult.Send(state, LateFrame.Text("bye")).CloseWith(4001, "later");
        var peer = await app.StartAsync(server);

        var closing = CloseAsync(app, clock, settings, kind);

        Assert.Equal("bye", await peer.ReceiveAsync());
        Assert.Equal((4001, "later"), await peer.AnswerCloseAsync());
        await closing;
        await app.Life.ExpectAsync("Init", "Connect", $"Closing {reason}", $"Disconnect {reason}");
    }

    [BoundedTheory]
    [InlineData("stop", LateDisconnectReason.HostStopping)]
    [InlineData("request", LateDisconnectReason.ReconnectRequested)]
    [InlineData("reload", LateDisconnectReason.ReconnectRequested)]
    [InlineData("rotation", LateDisconnectReason.Rotated)]
    public async Task P18_the_last_transcript_that_a_speech_server_sends_after_CloseStream_is_received_at_every_kind_of_close(string kind, LateDisconnectReason reason)
    {
        var clock = new TestClock();
        await using var server = await TestServer.StartAsync();
        var settings = Settings(server.Uri);
        await using var app = new TestApp(null, clock: clock, settings: settings);
        app.Script.Closing = static (_, state, _) => LateResult.Send(state, LateFrame.Text("CloseStream")).HoldClose();
        app.Script.In = static (frame, state, _) => frame.GetText() == "final" ? LateResult.Ok(state).ReleaseClose() : LateResult.Ok(state);
        var peer = await app.StartAsync(server);

        var closing = CloseAsync(app, clock, settings, kind);

        Assert.Equal("CloseStream", await peer.ReceiveAsync());
        await peer.SendAsync("interim");
        await peer.SendAsync("final");
        Assert.Equal(1000, (await peer.AnswerCloseAsync()).Code);
        await closing;
        await app.Life.ExpectAsync("Init", "Connect", $"Closing {reason}", "In interim", "In final", $"Disconnect {reason}");
    }

    [BoundedFact]
    public async Task P18_P9_the_last_transcript_of_a_speech_server_that_closes_by_itself_is_received()
    {
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri);
        app.Script.Closing = static (_, state, _) => LateResult.Send(state, LateFrame.Text("CloseStream")).HoldClose();
        var peer = await app.StartAsync(server);

        var stop = app.StopAsync();
        Assert.Equal("CloseStream", await peer.ReceiveAsync());
        await peer.SendAsync("final");
        await peer.CloseAsync(1000, "done");
        await stop;

        await app.Life.ExpectAsync("Init", "Connect", "Closing HostStopping", "In final", "Disconnect HostStopping", "Terminate HostStopping");
    }

    [BoundedFact]
    public async Task P9_a_speech_server_that_never_answers_costs_CloseTimeout_and_no_more()
    {
        var clock = new TestClock();
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri, static options => options.CloseTimeout = TimeSpan.FromSeconds(10), clock);
        app.Script.Closing = static (_, state, _) => LateResult.Send(state, LateFrame.Text("CloseStream")).HoldClose();
        var peer = await app.StartAsync(server);

        var stop = app.StopAsync();
        Assert.Equal("CloseStream", await peer.ReceiveAsync());
        clock.Advance(TimeSpan.FromSeconds(8));
        Assert.Equal(1000, (await peer.ReceiveCloseAsync()).Code);
        Assert.False(stop.IsCompleted);
        await clock.TimerAsync(TimeSpan.FromSeconds(2));
        clock.Advance(TimeSpan.FromSeconds(2));
        await stop;

        await app.Logs.NextAsync("GoodbyeCut");
        await app.Life.ExpectAsync("Init", "Connect", "Closing HostStopping", "Disconnect HostStopping", "Terminate HostStopping");
    }

    [BoundedFact]
    public async Task P18_the_stop_of_a_supervisor_has_a_goodbye_too()
    {
        await using var server = await TestServer.StartAsync();
        await using var own = new OwnSupervisor(server.Uri);
        own.Script.Closing = static (_, state, _) => LateResult.Send(state, LateFrame.Text("bye"));
        await own.StartAsync();
        var peer = await server.AcceptAsync();
        await own.Life.SkipToAsync("Connect");

        var stop = own.Supervisor.StopAsync(OwnSupervisor.Key, cancellationToken: Token);
        Assert.Equal("bye", await peer.ReceiveAsync());
        await peer.AnswerCloseAsync();
        await stop;

        await own.Life.ExpectAsync("Closing SupervisorStopping", "Disconnect SupervisorStopping", "Terminate SupervisorStopping");
    }

    private static TestSettings Settings(Uri uri) => new()
    {
        ["Late:Scripted:Uri"] = uri.ToString(),
        ["Late:Scripted:Rotation:MaxSessionLifetime"] = "01:00:00",
        ["Late:Scripted:Rotation:Jitter"] = "00:00:00",
        ["Late:Scripted:KeepAliveInterval"] = "10.00:00:00",
    };

    private static async Task CloseAsync(TestApp app, TestClock clock, TestSettings settings, string kind)
    {
        switch (kind)
        {
            case "stop":
                await app.StopAsync();
                break;
            case "request":
                await app.Client.ReconnectAsync("wanted", Token);
                break;
            case "reload":
                settings["Late:Scripted:SubProtocols:0"] = "v2";
                settings.Reload();
                break;
            case "rotation":
                clock.Advance(TimeSpan.FromHours(1));
                break;
        }
    }
}
