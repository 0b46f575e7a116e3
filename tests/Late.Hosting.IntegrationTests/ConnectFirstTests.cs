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
}
