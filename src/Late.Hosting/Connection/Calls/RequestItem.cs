using System.Diagnostics;
using Late.Hosting.Connection.Callbacks;
using Late.Hosting.Connection.Mailboxes;
using Late.Hosting.Diagnostics;

namespace Late.Hosting.Connection.Calls;

/// <summary>A call with the request of its caller, whatever follows as replies.</summary>
internal abstract class RequestItem<TRequest>(TRequest request, CallContext context, Mailbox mailbox) : PendingCall(context, mailbox)
{
    private TRequest _request = request;
    private Activity? _activity;

    public override RequestKind Request => RequestKind.Of<TRequest>();

    /// <summary>What the caller's work is traced as: work that the callback does is a part of it.</summary>
    public Activity? Activity { init => _activity = value; }

    public override ValueTask HandleAsync(Runner runner)
    {
        var handler = runner.Handler;
        if (!TryDeliver(isTaken: handler is ILateCallEndHandler<TRequest>))
        {
            return default;
        }

        if (!IsHandledBy(handler))
        {
            Fail(new InvalidOperationException(
                $"{TypeName.Of(handler.GetType())} does not handle {TypeName.Of<TRequest>()}. Implement {MissingInterface(TypeName.Of(handler.StateType), TypeName.Of<TRequest>())}."));
            return default;
        }

        NoteTaken();
        Session = runner.Session.Number;
        runner.Session.Drain.OnCallBegun();
        runner.Session.Calls.Track(this);
        CountTaken();
        if (_activity is { } activity)
        {
            runner.Callback.Flow(activity);
        }

        // The call may wait long for its reply, and needs it no more.
        _activity = null;
        if (handler is ILateCallEndHandler<TRequest>)
        {
            return HandleAndTakeAsync(runner);
        }

        var request = _request;
        _request = default!;
        return HandleAsync(handler, runner.State, request);
    }

    /// <summary>Whether a handler takes the request.</summary>
    private protected abstract bool IsHandledBy(ILateHandler handler);

    /// <summary>The interface that a handler lacks which does not take it.</summary>
    private protected abstract string MissingInterface(string state, string request);

    /// <summary>Runs the callback of a handler that takes the request.</summary>
    private protected abstract ValueTask HandleAsync(ILateHandler handler, IHandlerState state, TRequest request);

    private protected override MailboxItem ToEndItem(LateCallEndReason reason) =>
        new CallEndItem<TRequest>(this, new LateCallEnd<TRequest> { Request = _request, Call = Call, Reason = reason });

    // One whose HandleCall throws is not taken: the state and the frames of the callback do not exist.
    private async ValueTask HandleAndTakeAsync(Runner runner)
    {
        await HandleAsync(runner.Handler, runner.State, _request).ConfigureAwait(false);
        Take(runner.Session);
    }
}
