using Late.Hosting.IntegrationTests.Support;

namespace Late.Hosting.IntegrationTests;

/// <summary><c>DataTimeout</c>: a server that answers pings and sends nothing else.</summary>
public sealed class DataTimeoutTests
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(90);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [BoundedFact]
    public async Task P18_a_session_without_messages_is_closed_with_a_goodbye_though_pongs_come_and_another_follows()
    {
        var clock = new TestClock();
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri, static options => options.DataTimeout = s_limit, clock);
        app.Script.Closing = static (_, state, _) => LateResult.Send(state, LateFrame.Text("bye"));
        var peer = await app.StartAsync(server);
        var reading = peer.ReceiveAsync();
        clock.Advance(TimeSpan.FromSeconds(1));
        await app.Client.PingAsync(Token);
        for (var passed = TimeSpan.FromSeconds(1); passed < s_limit - TimeSpan.FromSeconds(1); passed += TimeSpan.FromSeconds(8))
        {
            clock.Advance(TimeSpan.FromSeconds(8));
            await app.Client.PingAsync(Token);
            Assert.Equal(LateConnectionState.Ready, app.Client.State);
        }

        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("bye", await reading);
        Assert.Equal(1000, (await peer.AnswerCloseAsync()).Code);
        await app.Life.ExpectAsync("Init", "Connect", "Closing DataTimeout", "Disconnect DataTimeout");
        await app.Logs.NextAsync("SessionLost");
        clock.Advance(await app.BackoffAsync());
        await app.AcceptAsync(server);
    }

    [BoundedFact]
    public async Task A_message_begins_the_time_again()
    {
        var clock = new TestClock();
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri, static options => (options.DataTimeout, options.KeepAliveInterval) = (s_limit, TimeSpan.FromDays(1)), clock);
        var peer = await app.StartAsync(server);
        await app.Life.ExpectAsync("Init", "Connect");
        for (var i = 0; i < 3; i++)
        {
            clock.Advance(s_limit - TimeSpan.FromSeconds(1));
            await peer.SendAsync("data");
            await app.Life.ExpectAsync("In data");
            Assert.Equal(LateConnectionState.Ready, app.Client.State);
        }

        var close = peer.AnswerCloseAsync();
        clock.Advance(s_limit);
        await close;
        await app.Life.ExpectAsync("Disconnect DataTimeout");
    }
}
