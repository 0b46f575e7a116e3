using Polly.Retry;

namespace Late.Hosting.Testing.Harness;

/// <summary>Sees how each session ended, and lets the next attempt follow immediately: the test decides when it is answered.</summary>
internal sealed class Outcomes
{
    private LateSessionOutcome? _last;

    public LateSessionOutcome? Last => Volatile.Read(ref _last);

    public RetryStrategyOptions<LateSessionOutcome> WithoutDelays(RetryStrategyOptions<LateSessionOutcome> retry)
    {
        var handles = retry.ShouldHandle;
        retry.ShouldHandle = args =>
        {
            // An execution begins with the loss that the one before it ended with.
            if (args.Outcome.Result is { Attempt: > 0 } outcome)
            {
                Volatile.Write(ref _last, outcome);
            }

            return handles(args);
        };
        retry.DelayGenerator = static _ => new ValueTask<TimeSpan?>(TimeSpan.Zero);
        return retry;
    }
}
