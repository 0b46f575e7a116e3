using System.Diagnostics.CodeAnalysis;

namespace Late.Hosting;

/// <summary>How one of the calls of a <c>BroadcastAsync</c> has ended: with a reply, or with an exception.</summary>
/// <typeparam name="TReply">The reply.</typeparam>
public sealed class LateCallOutcome<TReply>
{
    /// <summary>The reply of a call that has one; the type's default value otherwise.</summary>
    public TReply? Reply { get; init; }

    /// <summary>
    /// What the caller of a single call would have got; null for a call that has a reply. A call that was canceled has an
    /// <see cref="OperationCanceledException"/>.
    /// </summary>
    public Exception? Exception { get; init; }

    /// <summary>Gets the reply.</summary>
    /// <param name="reply">The reply.</param>
    /// <returns>False where the call has none.</returns>
    public bool TryGetReply([MaybeNullWhen(false)] out TReply reply)
    {
        reply = Reply;
        return Exception is null;
    }
}
