using System.Globalization;
using Late.Hosting.IntegrationTests.Support;

namespace Late.Hosting.IntegrationTests;

/// <summary>A feed that names the address of the next connection while its events continue.</summary>
public sealed class ConnectFirstTests
{
    private const int Moves = 20;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [BoundedFact]
    public async Task Every_event_that_the_server_writes_before_our_close_frame_is_handled_in_order_through_twenty_moves()
    {
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri, clock: new TestClock());
        var handled = new List<string>();
        app.Script.In = (frame, state, _) =>
        {
            var text = frame.GetText();
            if (text.StartsWith("move", StringComparison.Ordinal))
            {
                var address = new Uri(server.Uri, $"/feed?move={text[5..]}");
                return LateResult.Reconnect(state, new LateReconnect { Uri = address, Order = LateReconnectOrder.ConnectFirst, SwitchWhen = LateSwitchWhen.FirstMessage });
            }

            handled.Add(text);
            return LateResult.Ok(state);
        };
        var peer = await app.StartAsync(server);
        var written = new List<string>();
        for (var move = 1; move <= Moves; move++)
        {
            await peer.SendAsync($"move {move}");
            var request = await server.RequestAsync();
            Assert.Equal($"?move={move}", request.Context.Request.QueryString.Value);
            var next = await request.AcceptAsync();

            // Events continue: before the new connection speaks, and until the old one is asked to close.
            await WriteAsync(peer, 20);
            await next.SendAsync("welcome");
            var closing = peer.ReceiveCloseAsync();
            while (!closing.IsCompleted)
            {
                await WriteAsync(peer, 5);
            }

            written.Add("welcome");
            await peer.AnswerAsync();
            peer = next;
        }

        await peer.SendAsync("move on");
        await server.RequestAsync();

        Assert.Equal(written, handled);
        Assert.Equal(Moves + 2, server.Requests);

        async Task WriteAsync(TestPeer to, int count)
        {
            for (var i = 0; i < count; i++)
            {
                written.Add(written.Count.ToString(CultureInfo.InvariantCulture));
                await to.SendAsync(written[^1]);
            }
        }
    }

    [BoundedTheory]
    [InlineData(301)]
    [InlineData(307)]
    public async Task P12_a_redirect_of_the_next_connection_is_not_followed_and_the_session_continues(int status)
    {
        await using var server = await TestServer.StartAsync();
        await using var other = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri, clock: new TestClock());
        var peer = await app.StartAsync(server);
        await app.Client.ReconnectAsync(new LateReconnect { Uri = new Uri(server.Uri, "/resume"), Order = LateReconnectOrder.ConnectFirst }, Token);
        await RedirectAsync(server, other, status);
        var failed = await app.Logs.NextAsync("ReconnectFailed");
        await peer.SendAsync("an event");
        await app.Life.SkipToAsync("In an event");

        Assert.Contains($"{status}", failed.Message, StringComparison.Ordinal);
        Assert.Equal((LateConnectionState.Ready, 2, 0), (app.Client.State, server.Requests, other.Requests));
    }

    [BoundedFact]
    public async Task P10_a_redirect_of_a_resume_address_is_followed_by_an_attempt_at_the_configured_one()
    {
        await using var server = await TestServer.StartAsync();
        await using var other = await TestServer.StartAsync();
        var clock = new TestClock();
        await using var app = new TestApp(server.Uri, clock: clock);
        var peer = await app.StartAsync(server);
        await app.Client.ReconnectAsync(new LateReconnect { Uri = new Uri(server.Uri, "/resume"), CloseCode = 4000 }, Token);
        Assert.Equal(4000, (await peer.AnswerCloseAsync()).Code);
        await RedirectAsync(server, other, 302);
        clock.Advance(await app.BackoffAsync());

        var next = await server.RequestAsync();
        Assert.Equal("/feed", next.Context.Request.Path);
        await next.AcceptAsync();
        await app.Client.WaitForReadyAsync(Token);
        Assert.Equal((3, 0), (server.Requests, other.Requests));
    }

    private static async Task RedirectAsync(TestServer server, TestServer to, int status)
    {
        var request = await server.RequestAsync();
        Assert.Equal("/resume", request.Context.Request.Path);
        request.Context.Response.Headers.Location = to.Uri.ToString().Replace("ws:", "http:", StringComparison.Ordinal);
        request.Refuse(status);
    }
}
