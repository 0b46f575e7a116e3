using System.Diagnostics;
using Late.Hosting.Connection.Callbacks;
using Late.Hosting.Connection.Lifecycle;
using Late.Hosting.Connection.Mailboxes;
using Late.Hosting.Diagnostics;

namespace Late.Hosting.Connection.Calls;

/// <summary>A call on its way to the handler.</summary>
internal sealed class CallItem<TRequest, TReply>(TRequest request, LateCall<TReply> call, Mailbox mailbox) : MailboxItem, ICallKeeper
{
    /// <summary>What the caller's work is traced as: work that the callback does is a part of it.</summary>
    public Activity? Activity { get; init; }

    public override string CallbackName => "HandleCallAsync";

    public override void Refuse(ConnectionFailure failure) => call.FailWith(failure);

    public void Forget(LateCall ended) => mailbox.Withdraw(this);

    public override bool TryFail(Exception exception) => call.Fail(exception);

    public override bool Begin(Runner runner)
    {
        if (!call.TryDeliver())
        {
            return false;
        }

        if (runner.Handler is not ILateCallHandler<TRequest, TReply> handler)
        {
            call.Fail(new InvalidOperationException(
                $"{TypeName.Of(runner.Handler.GetType())} does not handle {TypeName.Of<TRequest>()}. Implement ILateCallHandler<{TypeName.Of(runner.StateType)}, {TypeName.Of<TRequest>()}, {TypeName.Of<TReply>()}>."));
            return false;
        }

        runner.Track(call);
        if (Activity is null)
        {
            handler.Begin(runner, request, call);
        }
        else
        {
            BeginTraced(runner, handler, Activity);
        }

        return true;
    }

    // It flows with the callback, and not with what the runner does after it.
    private void BeginTraced(Runner runner, ILateCallHandler<TRequest, TReply> handler, Activity activity)
    {
        Activity.Current = activity;
        try
        {
            handler.Begin(runner, request, call);
        }
        finally
        {
            Activity.Current = null;
        }
    }
}
