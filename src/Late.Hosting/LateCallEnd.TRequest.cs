namespace Late.Hosting;

/// <summary>A call that the handler has taken and that has ended without its reply, or a stream that nothing reads any more.</summary>
/// <typeparam name="TRequest">The request.</typeparam>
public sealed class LateCallEnd<TRequest>
{
    /// <summary>The request.</summary>
    public required TRequest Request { get; init; }

    /// <summary>
    /// The call, which has ended: a reply to it returns false. <see cref="LatePendingCalls{TKey}.TryGetKey"/> finds the key under which it
    /// was kept.
    /// </summary>
    public required LateCall Call { get; init; }

    /// <summary>How it ended.</summary>
    public required LateCallEndReason Reason { get; init; }
}
