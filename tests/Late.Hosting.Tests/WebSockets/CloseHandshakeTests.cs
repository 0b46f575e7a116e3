using Late.Hosting.WebSockets;

namespace Late.Hosting.Tests.WebSockets;

/// <summary>Who closes, and with which code (RFC 6455 §7.1).</summary>
public sealed class CloseHandshakeTests
{
    [Fact] // §7.1.5: without a Close frame from the server the code is 1006.
    public void A_lost_connection()
    {
        var close = new CloseHandshake();
        Assert.Equal((1006, false, null), (close.Code, close.IsComplete, close.ServerBegan));
    }

    [Fact] // §5.5.1: the answer has the same code.
    public void The_server_begins()
    {
        var close = new CloseHandshake();
        Assert.Equal(new ClosePayload(1001, ""), close.OnReceived(new ClosePayload(1001, "maintenance")));
        Assert.False(close.IsComplete);
        close.OnSent(new ClosePayload(1001, ""));
        Assert.Equal((1001, true, true), (close.Code, close.IsComplete, close.ServerBegan));
    }

    [Fact] // §5.5.1: our frame is answered, and there is nothing to answer to that.
    public void We_begin()
    {
        var close = new CloseHandshake();
        close.OnSent(new ClosePayload(1000, "done"));
        Assert.False(close.IsComplete);
        Assert.Null(close.OnReceived(ClosePayload.Empty));
        Assert.Equal((1005, true, false), (close.Code, close.IsComplete, close.ServerBegan));
    }
}
