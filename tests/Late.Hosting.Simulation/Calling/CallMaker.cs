using Late.Hosting.Simulation.Checks;
using Late.Hosting.Simulation.Handling;
using Late.Hosting.Simulation.Worlds;

namespace Late.Hosting.Simulation.Calling;

/// <summary>Makes calls to a connection, of one caller or of a broadcast, and follows each to its end.</summary>
internal sealed class CallMaker(Subject subject, ILateClient<SimulationHandler> client)
{
    /// <summary>Makes a call.</summary>
    /// <param name="request">The name of its request.</param>
    /// <param name="options">Its options.</param>
    /// <param name="cancelledAt">When its caller cancels it; null for never.</param>
    /// <param name="cancellation">Its caller's token.</param>
    public CallErrand Make(string request, LateCallOptions options, TimeSpan? cancelledAt, CancellationToken cancellation)
    {
        var id = subject.Calls.NextId;
        var timeout = options.Timeout ?? subject.Options.CallTimeout;
        TimeSpan? limit = timeout == Timeout.InfiniteTimeSpan ? null : timeout;
        var waits = options.WhenLost == LateWhenLost.Wait;
        subject.Trace.Write($"call {id} ({request}): within {timeout}, {options.WhenNotReady}{(waits ? ", waits when lost" : "")}");
        var call = new CallErrand(request, id, subject.Time.Elapsed)
        {
            Task = Task.CompletedTask,
            Timeout = limit,
            CancelledAt = cancelledAt,
            WaitsWhenLost = waits,
            EndsWithSession = !waits && !subject.World.Calls.Retries && subject.Callers.EndsWithSession(options.WhenNotReady),
        };
        subject.Calls.Add(call);
        var state = client.State;
        var task = subject.CallRetries.Run(call, () => request == nameof(Ask) ? client.CallAsync(new Ask(id), options, cancellation) : client.CallAsync(new Probe(id), options, cancellation));
        call.Task = task;
        ImmediateAnswers.Check(subject, call, state, options.WhenNotReady);
        call.Due = !call.IsLimited && subject.Callers.IsAdmitted(call, state) ? subject.Gaps.Admit("call", id) : null;
        _ = FollowAsync(call, task);
        return call;
    }

    private async Task FollowAsync(CallErrand call, Task<int> task)
    {
        var (exception, reply) = ((Exception?)null, 0);
        try
        {
            reply = await task;
        }
        catch (Exception error)
        {
            exception = error;
        }

        subject.Trace.Write($"{call}: {(exception is null ? "done" : exception.GetType().Name)}");
        SecretCheck.OfException(subject.Verdict, exception);
        subject.Calls.OnEnded(call, exception, reply);
    }
}
