using System.Text;
using Late.Hosting.IntegrationTests.Support;

namespace Late.Hosting.IntegrationTests;

/// <summary>What a sender learns of its frame, on sockets that end at the worst moment.</summary>
public sealed class SendTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [BoundedTheory] // The socket has the frame, and the session ends before its writer continues.
    [InlineData("RST", "ConnectionLost")]
    [InlineData("FIN", "ConnectionLost")]
    [InlineData("close", "ClosedByServer")]
    [InlineData("violation", "ProtocolError")]
    [InlineData("reconnect", "ReconnectRequested")]
    [InlineData("stop", "HostStopping")]
    public async Task P6_a_write_that_succeeded_is_a_success_whatever_ends_the_session_meanwhile(string end, string reason)
    {
        using var server = RawServer.Start();
        var gate = new WriteGate();
        await using var app = new TestApp(server.Uri, configure: gate.Attach);
        await app.StartAsync();
        using var peer = await server.AcceptAsync();
        await app.Client.WaitForReadyAsync(Token);
        var (isWritten, resume) = (NewSource(), NewSource());
        gate.After = () =>
        {
            isWritten.TrySetResult();
            return resume.Task;
        };
        var send = app.Client.SendAsync(LateFrame.Text("hello"), Token).AsTask();
        await isWritten.Task;
        Assert.Equal("hello", Encoding.UTF8.GetString((await peer.ReadFrameAsync()).Payload));

        var ended = app.Logs.NextAsync(reason is "ConnectionLost" or "ProtocolError" ? "SessionLost" : "SessionEnded");
        var stopping = await EndAsync(app, peer, end);
        await ended;
        resume.SetResult();
        await send;
        peer.Dispose();
        await app.Life.SkipToAsync($"Disconnect {reason}");
        await stopping;
    }

    [BoundedFact] // One sender's frame is written, another's is in a write that fails, and a third's never came to be written.
    public async Task P6_each_sender_of_a_broken_session_receives_the_outcome_of_its_own_frame()
    {
        using var server = RawServer.Start();
        var gate = new WriteGate();
        await using var app = new TestApp(server.Uri, configure: gate.Attach);
        await app.StartAsync();
        using var peer = await server.AcceptAsync();
        await app.Client.WaitForReadyAsync(Token);
        await app.Client.SendAsync(LateFrame.Text("written"), Token);
        var (isWriting, breaks) = (NewSource(), NewSource());
        gate.Before = async () =>
        {
            isWriting.TrySetResult();
            await breaks.Task;
            throw new IOException("broken pipe");
        };
        var second = app.Client.SendAsync(LateFrame.Text("in the write that fails"), Token).AsTask();
        await isWriting.Task;
        var third = app.Client.SendAsync(LateFrame.Text("behind it"), new LateCallOptions { WhenNotReady = LateWhenNotReady.Fail }, Token).AsTask();
        breaks.SetResult();

        Assert.Equal(LateDelivery.Unknown, (await Assert.ThrowsAsync<LateDisconnectedException>(() => second)).Delivery);
        Assert.Equal(LateDelivery.NotDelivered, (await Assert.ThrowsAsync<LateDisconnectedException>(() => third)).Delivery);
        Assert.Equal("written", Encoding.UTF8.GetString((await peer.ReadFrameAsync()).Payload));
    }

    [BoundedTheory] // Peers that end the connection when they have read the frame, again and again.
    [InlineData("RST", false)]
    [InlineData("FIN", false)]
    [InlineData("close", false)]
    [InlineData("RST", true)]
    [InlineData("FIN", true)]
    public async Task P6_every_frame_that_was_sent_and_arrived_is_a_success(string end, bool hasSendLimit)
    {
        using var server = RawServer.Start();
        await using var app = new TestApp(server.Uri, options =>
        {
            options.SendLimit.Frames = hasSendLimit ? 1000 : null;
            options.SendLimit.Window = TimeSpan.FromSeconds(1);
        });
        await app.StartAsync();
        for (var round = 0; round < 30; round++)
        {
            using var peer = await server.AcceptAsync();
            await app.Client.WaitForReadyAsync(Token);
            var send = app.Client.SendAsync(LateFrame.Text("hello"), Token).AsTask();
            await peer.ReadFrameAsync();
            await EndAsync(app, peer, end);

            await send;
            peer.Dispose();
            await app.Life.SkipToAsync("Connect");
            await app.Life.SkipToAsync(end == "close" ? "Disconnect ClosedByServer" : "Disconnect ConnectionLost");
        }
    }

    private static async Task<Task> EndAsync(TestApp app, RawPeer peer, string end)
    {
        switch (end)
        {
            case "RST":
                peer.Reset();
                break;
            case "FIN":
                peer.Finish();
                break;
            case "close":
                await peer.WriteAsync(RawPeer.Frame(RawPeer.Close, [0x03, 0xE8]));
                break;
            case "violation":
                await peer.WriteAsync([0xFF, 0xFF]);
                break;
            case "reconnect":
                await app.Client.ReconnectAsync("test", Token);
                break;
            case "stop":
                return app.StopAsync();
        }

        return Task.CompletedTask;
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
