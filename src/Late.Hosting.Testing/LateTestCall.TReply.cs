namespace Late.Hosting.Testing;

/// <summary>A call that a test has made to a handler.</summary>
/// <typeparam name="TReply">The type of the reply.</typeparam>
public sealed class LateTestCall<TReply>
{
    private readonly object _request;
    private readonly Task<TReply> _reply;

    internal LateTestCall(object request, Task<TReply> reply) => (_request, _reply) = (request, reply);

    /// <summary>True when it has its reply, or has failed.</summary>
    public bool IsEnded => _reply.IsCompleted;

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
