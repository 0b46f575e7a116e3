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

    public override ValueTask HandleAsync(Runner runner)
    {
        if (!call.TryDeliver())
        {
            return default;
        }

        if (runner.Handler is not ILateCallHandler<TRequest, TReply> handler)
        {
            call.Fail(new InvalidOperationException(
                $"{TypeName.Of(runner.Handler.GetType())} does not handle {TypeName.Of<TRequest>()}. Implement ILateCallHandler<{TypeName.Of(runner.Handler.StateType)}, {TypeName.Of<TRequest>()}, {TypeName.Of<TReply>()}>."));
            return default;
        }

        runner.Session.Calls.Track(call);
        if (Activity is { } activity)
        {
            runner.Callback.Flow(activity);
        }

        return handler.HandleAsync(runner.State, request, call);
    }
}
