using Late.Hosting.Connection.Calls;

namespace Late.Hosting;

/// <summary>
/// A call that waits for its reply (Late: <c>from</c>). It may be kept in the state and answered from any later callback,
/// or from any thread. It ends by itself when its time passes, its caller cancels it or its session ends.
/// </summary>
/// <typeparam name="TReply">The type of the reply.</typeparam>
public sealed class LateCall<TReply> : LateCall
{
    private readonly TaskCompletionSource<TReply> _completion;

    // The caller goes on elsewhere: its code does not run inside the callback that replies.
    internal LateCall(CallContext origin)
        : this(origin, new TaskCompletionSource<TReply>(TaskCreationOptions.RunContinuationsAsynchronously))
    {
    }

    private LateCall(CallContext origin, TaskCompletionSource<TReply> completion)
        : base(origin, gate: completion) => _completion = completion;

    /// <summary>What the caller waits for.</summary>
    internal Task<TReply> Task => _completion.Task;

    /// <summary>Gives the caller its reply. (Late: <c>Late.reply/2</c>.)</summary>
    /// <param name="value">The reply.</param>
    /// <returns>False where the call had ended already; then nothing changes.</returns>
    public bool Reply(TReply value) => TryEnd() && _completion.TrySetResult(value);

    private protected override void SetException(Exception exception) => _completion.TrySetException(exception);

    private protected override void SetCancelled(CancellationToken cancellationToken) => _completion.TrySetCanceled(cancellationToken);
}
