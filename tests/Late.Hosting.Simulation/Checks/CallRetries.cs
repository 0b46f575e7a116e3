using Late.Hosting.Simulation.Calling;
using Late.Hosting.Simulation.Worlds;
using Polly;

namespace Late.Hosting.Simulation.Checks;

/// <summary>
/// Follows the attempts of calls through a pipeline that retries them (promise P6): those that were not delivered are retried, and no other, after
/// delays of at most <c>Reconnect.MaxDelay</c>, until the attempts are used up; the caller gets what the last attempt came to.
/// </summary>
internal sealed class CallRetries(Subject subject)
{
    private const int MostAttempts = 4;

    private static readonly AsyncLocal<(Subject Subject, CallErrand Call)?> s_current = new();

    private TimeSpan Now => subject.Time.Elapsed;

    /// <summary>The pipeline of a world's connections.</summary>
    public static void Configure(World world, ResiliencePipelineBuilder pipeline, LateCallsContext context)
    {
        context.Retry.Randomizer = world.Calls.Dice.Fraction;
        pipeline.AddRetry(context.Retry).AddStrategy(static _ => new Observer(), new ObserverOptions());
    }

    /// <summary>Begins a call whose attempts are observed.</summary>
    public Task<int> Run(CallErrand call, Func<Task<int>> begin)
    {
        s_current.Value = subject.World.Calls.Retries ? (subject, call) : null;
        try
        {
            return begin();
        }
        finally
        {
            s_current.Value = null;
        }
    }

    /// <summary>A call has ended for its caller.</summary>
    public void OnEnded(CallErrand call, Exception? exception)
    {
        if (!subject.World.Calls.Retries || exception is OperationCanceledException)
        {
            return;
        }

        var isOver = exception is LateStoppedException or LateFaultedException && subject.Client.State is LateConnectionState.Stopped or LateConnectionState.Faulted;
        subject.Verdict.Require(exception == call.Failure || isOver, "P6", $"{call} ended with {exception?.GetType().Name}, and its last attempt with {call.Failure?.GetType().Name}");
        subject.Verdict.Require(!IsNotDelivered(exception) || call.Attempts == MostAttempts, "P6", $"{call} was not delivered, and ended after {call.Attempts} attempts");
    }

    private void OnAttempt(CallErrand call)
    {
        var verdict = subject.Verdict;
        if (++call.Attempts > 1)
        {
            subject.Trace.Write($"attempt {call.Attempts} of {call}");
            verdict.Require(IsNotDelivered(call.Failure) && !call.IsDelivered, "P6", $"{call} is retried, and has failed with {call.Failure?.GetType().Name} {(call.IsDelivered ? "after" : "before")} its delivery");
            verdict.Require(call.Attempts <= MostAttempts, "P6", $"attempt {call.Attempts} of {call} begins");
            verdict.Require(!(call.CancelledAt < Now), "P5", $"{call} is retried, and was canceled at {call.CancelledAt}");
            verdict.Require(Now - call.AttemptedAt <= subject.Options.Reconnect.MaxDelay + subject.Time.Slack, "P6", $"{call} is retried {Now - call.AttemptedAt} after its last attempt");
            subject.Calls.OnAttempt(call);
        }
    }

    private void OnOutcome(CallErrand call, Exception? exception)
    {
        subject.Gaps.Remove(call.Due);
        subject.Calls.OnOutcome(call, exception);
        (call.Failure, call.AttemptedAt, call.IsAttempting) = (exception, Now, false);
        call.Deadline = Now + (IsNotDelivered(exception) ? subject.Options.Reconnect.MaxDelay : TimeSpan.Zero);
    }

    private bool IsNotDelivered(Exception? exception) => exception switch
    {
        LateDisconnectedException { Delivery: LateDelivery.NotDelivered, IsOfConnection: true } failure => failure.ConnectionName == subject.Client.Name,
        LateCallTimeoutException { Delivery: LateDelivery.NotDelivered, IsOfConnection: true } failure => failure.ConnectionName == subject.Client.Name,
        _ => false,
    };

    /// <summary>Stands behind the retry, and sees each attempt.</summary>
    private sealed class Observer : ResilienceStrategy
    {
        protected override async ValueTask<Outcome<TResult>> ExecuteCore<TResult, TState>(
            Func<ResilienceContext, TState, ValueTask<Outcome<TResult>>> callback, ResilienceContext context, TState state)
        {
            var (subject, call) = s_current.Value!.Value;
            subject.CallRetries.OnAttempt(call);
            var outcome = await callback(context, state);
            subject.CallRetries.OnOutcome(call, outcome.Exception);
            return outcome;
        }
    }

    private sealed class ObserverOptions : ResilienceStrategyOptions;
}
