using Late.Hosting.Connection.Callbacks;
using Late.Hosting.Connection.Lifecycle;
using Late.Hosting.Connection.Mailboxes;

namespace Late.Hosting.Connection.Calls;

/// <summary>
/// <c>HandleCallEnd</c> for a call that ended without its reply (promise P19): it is due like a post of the handler's own, takes no room in
/// the mailbox, and is dropped with its session.
/// </summary>
internal sealed class CallEndItem<TRequest>(PendingCall call, LateCallEnd<TRequest> end) : MailboxItem
{
    public override bool TakesRoom => false;

    public override string CallbackName => "HandleCallEnd";

    public override void Refuse(ConnectionFailure failure)
    {
    }

    public override async ValueTask HandleAsync(Runner runner)
    {
        runner.Results.BeginCallEnd(call);
        try
        {
            await ((ILateCallEndHandler<TRequest>)runner.Handler).HandleAsync(runner.State, end).ConfigureAwait(false);
        }
        finally
        {
            runner.Results.EndCallEnd();
        }
    }
}
