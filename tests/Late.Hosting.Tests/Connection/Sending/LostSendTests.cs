using Late.Hosting.Tests.Support;

namespace Late.Hosting.Tests.Connection.Sending;

/// <summary>Sends whose session is lost.</summary>
public sealed class LostSendTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task P6_a_send_whose_write_has_begun_may_have_been_delivered()
    {
        await using var host = new TestHost();
        var socket = await host.ReadyAsync();
        var begun = socket.BegunBytes;
        socket.BlockWrites();
        var send = host.Client.SendAsync(LateFrame.Text("a"), Token).AsTask();
        while (socket.BegunBytes == begun)
        {
            Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }

        socket.Abort();
        Assert.Equal(LateDelivery.Unknown, (await Assert.ThrowsAsync<LateDisconnectedException>(() => send)).Delivery);
    }
}
