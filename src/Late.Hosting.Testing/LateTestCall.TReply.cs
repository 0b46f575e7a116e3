namespace Late.Hosting.Testing;

/// <summary>A call that a test has made to a handler.</summary>
/// <typeparam name="TReply">The type of the reply.</typeparam>
public sealed class LateTestCall<TReply>
{
    private readonly object _request;
    private readonly Task<TReply> _reply;
    private readonly Func<Task> _cancel;

    internal LateTestCall(object request, Task<TReply> reply, Func<Task> cancel) => (_request, _reply, _cancel) = (request, reply, cancel);

    /// <summary>True when it has its reply, or has failed.</summary>
    public bool IsEnded => _reply.IsCompleted;

    /// <summary>
    /// The caller cancels the call, and <see cref="ReplyAsync"/> throws <see cref="OperationCanceledException"/>: <c>HandleCallEnd</c> runs where the
    /// handler has received it; one that waits leaves the queue. A call that has ended stays as it is.
    /// </summary>
    /// <returns>A task that is done when everything that follows from it is done. What the handler throws is thrown here.</returns>
    public Task CancelAsync() => _cancel();

    /// <summary>Waits for the reply.</summary>
    /// <returns>The reply. What the caller of an application would get to see is thrown here.</returns>
    /// <exception cref="LateTestException">There is none within 30 seconds of real time.</exception>
    public async Task<TReply> ReplyAsync()
    {
        await _reply.WithinAsync(
            Waiting.DefaultLimit,
            () => $"The handler has not replied to {_request}. Feed it what it waits for, or advance the clock by CallTimeout.").ConfigureAwait(false);
        return await _reply.ConfigureAwait(false);
    }
}
