namespace Late.Hosting;

/// <summary>A call that waits for its reply, whatever the reply's type, or a stream that waits for more.</summary>
public abstract class LateCall
{
    private readonly IPendingCall _pending;

    private protected LateCall(IPendingCall pending) => _pending = pending;

    /// <summary>
    /// True when the call has its reply, or has failed, timed out or been canceled. Work for it may stop then.
    /// </summary>
    /// <remarks>
    /// Where <see cref="LateConnectionOptions.MaxConcurrentCalls"/> limits it, reply to a canceled call too: a handler that skips <c>Reply</c> for an
    /// ended call keeps the call's slot until <see cref="LateConnectionOptions.CallTimeout"/> has passed.
    /// </remarks>
    public bool IsEnded => _pending.IsEnded;

    /// <summary>The number of the session in which the handler has received the call, as <see cref="LateContext.Session"/> has it: the call ends with that session.</summary>
    public long Session => _pending.Session;

    /// <summary>Fails the call: the exception is thrown to the caller. (Late: <c>reply/2</c> with an error.)</summary>
    /// <param name="exception">The exception.</param>
    /// <returns>False where the call had ended already; then nothing changes.</returns>
    public bool Fail(Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        return _pending.Fail(exception);
    }

    /// <summary>Completes what ends without a reply: a stream, or a request of the handler's own.</summary>
    /// <param name="key">The key under which it is kept.</param>
    internal virtual bool TryComplete(object key) =>
        throw new InvalidOperationException($"The call under {key} waits for its reply, and is no stream. Reply to it, or fail it.");

    /// <inheritdoc cref="IPendingCall.Kept"/>
    internal IKeptCall? Kept => _pending.Kept;

    /// <inheritdoc cref="IPendingCall.Keep"/>
    internal void Keep(IKeptCall entry) => _pending.Keep(entry);

    /// <inheritdoc cref="IPendingCall.OtherReply"/>
    internal InvalidOperationException OtherReply(object key, Type reply) => _pending.OtherReply(key, reply);
}
