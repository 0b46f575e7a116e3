using Polly.Retry;

namespace Late.Hosting.Testing.Harness;

/// <summary>
/// Sees how each session ended, and lets the next attempt follow immediately: the test decides when it is answered. After an attempt that
/// has failed the next one waits for the test.
/// </summary>
internal sealed class Outcomes(Changes changes)
{
    private LateSessionOutcome? _last;
    private Exception? _failure;
    private TaskCompletionSource? _next;

    public LateSessionOutcome? Last => Volatile.Read(ref _last);

    /// <summary>True while the next attempt waits for <see cref="Resume"/>.</summary>
    public bool IsHeld => Volatile.Read(ref _next) is not null;

    /// <summary>Why the last attempt has failed, once; null where it has not.</summary>
    public Exception? TakeFailure() => Interlocked.Exchange(ref _failure, null);

    /// <summary>Lets the next attempt begin.</summary>
    public void Resume() => Interlocked.Exchange(ref _next, null)?.TrySetResult();

    public RetryStrategyOptions<LateSessionOutcome> WithoutDelays(RetryStrategyOptions<LateSessionOutcome> retry)
    {
        var handles = retry.ShouldHandle;
        retry.ShouldHandle = args =>
        {
            // An execution begins with the loss that the one before it ended with.
            if (args.Outcome.Result is { Attempt: > 0, IsCut: false } outcome)
            {
                Volatile.Write(ref _last, outcome);
            }

            return handles(args);
        };
        retry.DelayGenerator = async args =>
        {
            if (args.Outcome.Result is { Disconnect: null, Exception: { } failure })
            {
                await HoldAsync(failure).WaitAsync(args.Context.CancellationToken).ConfigureAwait(false);
            }

            return TimeSpan.Zero;
        };
        return retry;
    }

    private Task HoldAsync(Exception failure)
    {
        var next = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref _failure, failure);
        Volatile.Write(ref _next, next);
        changes.Signal();
        return next.Task;
    }
}
