namespace Late.Hosting;

/// <summary>
/// A call that waits for its reply (Late: <c>from</c>). It may be kept in the state and answered from any later callback,
/// or from any thread. It ends by itself when its time passes, its caller cancels it or its session ends.
/// </summary>
/// <typeparam name="TReply">The type of the reply.</typeparam>
public sealed class LateCall<TReply> : LateCall
{
    private readonly IPendingCall<TReply> _pending;

    internal LateCall(IPendingCall<TReply> pending)
        : base(pending) => _pending = pending;

    /// <summary>Gives the caller its reply. (Late: <c>Late.reply/2</c>.)</summary>
    /// <param name="value">The reply.</param>
    /// <returns>False where the call had ended already; then nothing changes.</returns>
    public bool Reply(TReply value) => _pending.Reply(value);
}
