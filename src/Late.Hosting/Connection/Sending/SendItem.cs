using Late.Hosting.Connection.Callbacks;
using Late.Hosting.Connection.Lifecycle;
using Late.Hosting.Connection.Mailboxes;

namespace Late.Hosting.Connection.Sending;

/// <summary>A frame on its way to the socket; its sender waits until it is written.</summary>
internal class SendItem(LateFrame frame, ConnectionContext connection) : SubmittedItem(connection)
{
    private SendQueue? _queue;

    /// <summary>Made with its wait: every sender of a frame waits until it is written.</summary>
    public static SendItem Create(LateFrame frame, ConnectionContext connection, LateWhenNotReady whenNotReady)
    {
        var item = new SendItem(frame, connection) { WhenNotReady = whenNotReady };
        item.Suspend();
        return item;
    }

    private protected override bool MayWithdrawOnceAccepted => true;

    public override void Refuse(ConnectionFailure failure) => TryLose(failure, LateDelivery.NotDelivered);

    public override ValueTask HandleAsync(Runner runner)
    {
        runner.Session.Output.Write(new ReadOnlySpan<LateFrame>(in frame), this);
        return default;
    }

    /// <summary>The frame waits for the send limit.</summary>
    public void WaitIn(SendQueue queue)
    {
        Interlocked.Exchange(ref _queue, queue);
        TryCancel();
    }

    /// <summary>The socket has the frame.</summary>
    public virtual void Written() => Complete();

    private protected override bool TryWithdraw() => base.TryWithdraw() || _queue?.Withdraw(this) == true;

    /// <summary>The session ended while the frame was on its way to the socket.</summary>
    public virtual void Lost(ConnectionFailure failure) => TryLose(failure, LateDelivery.Unknown);
}
