using Late.Hosting.Connection.Mailboxes;
using Late.Hosting.Diagnostics;

namespace Late.Hosting.Connection.Calls;

/// <summary>A call with its request and the caller that waits for its reply.</summary>
internal sealed class CallItem<TRequest, TReply> : RequestItem<TRequest>, IPendingCall<TReply>
{
    // The caller continues elsewhere: its code does not run inside the callback that replies.
    private readonly TaskCompletionSource<TReply> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly LateCall<TReply> _call;

    public CallItem(TRequest request, CallContext context, Mailbox mailbox)
        : base(request, context, mailbox) => _call = new LateCall<TReply>(this);

    /// <summary>What the caller waits for.</summary>
    public Task<TReply> Task => _completion.Task;

    public override LateCall Call => _call;

    public bool Reply(TReply value) => TryEnd() && _completion.TrySetResult(value);

    private protected override bool IsHandledBy(ILateHandler handler) => handler is ILateCallHandler<TRequest, TReply>;

    private protected override string MissingInterface(string state, string request) => $"ILateCallHandler<{state}, {request}, {TypeName.Of<TReply>()}>";

    private protected override ValueTask HandleAsync(ILateHandler handler, IHandlerState state, TRequest request) =>
        ((ILateCallHandler<TRequest, TReply>)handler).HandleAsync(state, request, _call);

    private protected override void SetException(Exception exception) => _completion.TrySetException(exception);

    private protected override void SetCanceled(CancellationToken cancellationToken) => _completion.TrySetCanceled(cancellationToken);
}
