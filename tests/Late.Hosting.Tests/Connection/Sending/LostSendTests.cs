using Late.Hosting.Tests.Support;

namespace Late.Hosting.Tests.Connection.Sending;

/// <summary>Sends whose session is lost.</summary>
public sealed class LostSendTests
{
    [Fact]
    public async Task P6_a_send_whose_write_fails_may_have_been_delivered()
    {
        await using var host = new TestHost();
        var socket = await host.ReadyAsync();
        socket.Writing = static () => throw new IOException("The connection broke.");

        var failure = await Assert.ThrowsAsync<LateDisconnectedException>(
            () => host.Client.SendAsync(LateFrame.Text("a"), TestContext.Current.CancellationToken).AsTask());

        Assert.Equal(LateDelivery.Unknown, failure.Delivery);
    }
}
