using System.Diagnostics;
using Late.Hosting.Connection.Callbacks;
using Late.Hosting.Connection.Mailboxes;
using Late.Hosting.Diagnostics;

namespace Late.Hosting.Connection.Calls;

/// <summary>A call with its request and the caller that waits for its reply.</summary>
internal sealed class CallItem<TRequest, TReply> : PendingCall, IPendingCall<TReply>
{
    // The caller continues elsewhere: its code does not run inside the callback that replies.
    private readonly TaskCompletionSource<TReply> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly LateCall<TReply> _call;
    private TRequest _request;
    private Activity? _activity;

    public CallItem(TRequest request, CallContext context, Mailbox mailbox)
        : base(context, mailbox) => (_request, _call) = (request, new LateCall<TReply>(this));

    public override RequestKind Request => RequestKind.Of<TRequest>();

    /// <summary>What the caller waits for.</summary>
    public Task<TReply> Task => _completion.Task;

    public override LateCall Call => _call;

    /// <summary>What the caller's work is traced as: work that the callback does is a part of it.</summary>
    public Activity? Activity { init => _activity = value; }

    public bool Reply(TReply value) => TryEnd() && _completion.TrySetResult(value);

    public override ValueTask HandleAsync(Runner runner)
    {
        if (!TryDeliver(isTaken: runner.Handler is ILateCallEndHandler<TRequest>))
        {
            return default;
        }

        if (runner.Handler is not ILateCallHandler<TRequest, TReply> handler)
        {
            Fail(new InvalidOperationException(
                $"{TypeName.Of(runner.Handler.GetType())} does not handle {TypeName.Of<TRequest>()}. Implement ILateCallHandler<{TypeName.Of(runner.Handler.StateType)}, {TypeName.Of<TRequest>()}, {TypeName.Of<TReply>()}>."));
            return default;
        }

        NoteTaken();
        Session = runner.Session.Number;
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
            return HandleAndTakeAsync(handler, runner);
        }

        var request = _request;
        _request = default!;
        return handler.HandleAsync(runner.State, request, _call);
    }

    private protected override MailboxItem ToEndItem(LateCallEndReason reason) =>
        new CallEndItem<TRequest>(this, new LateCallEnd<TRequest> { Request = _request, Call = _call, Reason = reason });

    // One whose HandleCall throws is not taken: the state and the frames of the callback do not exist.
    private async ValueTask HandleAndTakeAsync(ILateCallHandler<TRequest, TReply> handler, Runner runner)
    {
        await handler.HandleAsync(runner.State, _request, _call).ConfigureAwait(false);
        Take(runner.Session);
    }

    private protected override void SetException(Exception exception) => _completion.TrySetException(exception);

    private protected override void SetCanceled(CancellationToken cancellationToken) => _completion.TrySetCanceled(cancellationToken);
}
