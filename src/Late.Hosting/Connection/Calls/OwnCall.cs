using System.Diagnostics;
using Late.Hosting.Connection.Callbacks;
using Late.Hosting.Connection.Mailboxes;

namespace Late.Hosting.Connection.Calls;

/// <summary>A request of the handler's own whose reply it awaits: a call without a caller, which has never been in the mailbox.</summary>
internal sealed class OwnCall : PendingCall, IOwnCall
{
    /// <param name="context">What the calls of the connection share.</param>
    /// <param name="mailbox">The connection's mailbox.</param>
    /// <param name="session">The number of its session.</param>
    public OwnCall(CallContext context, Mailbox mailbox, long session)
        : base(context, mailbox)
    {
        Session = session;
        Call = new LateOwnCall(this);
        TryDeliver();
    }

    public override LateCall Call { get; }

    public override bool HasCaller => false;

    public bool Complete() => TryEnd();

    public override ValueTask HandleAsync(Runner runner) => throw new UnreachableException();

    private protected override MailboxItem ToEndItem(LateCallEndReason reason) => throw new UnreachableException();

    private protected override void SetException(Exception exception)
    {
    }

    private protected override void SetCanceled(CancellationToken cancellationToken)
    {
    }
}
