using Late.Hosting.Simulation.Worlds;

namespace Late.Hosting.Simulation.Calling;

/// <summary>Checks what a connection answers immediately (promises P7, P9 and P15).</summary>
internal static class ImmediateAnswers
{
    /// <summary>What a connection that does not run, or is not ready for a caller that would not wait, answers immediately.</summary>
    /// <param name="subject">The connection.</param>
    /// <param name="errand">What was asked of it a moment ago.</param>
    /// <param name="state">Its state before that.</param>
    /// <param name="whenNotReady">What was specified for it; null for what the options specify.</param>
    public static void Check(Subject subject, Errand errand, LateConnectionState state, LateWhenNotReady? whenNotReady)
    {
        if (errand.CancelledAt == errand.Began)
        {
            return;
        }

        var error = errand.Task.Exception?.InnerException;
        switch (state)
        {
            case LateConnectionState.Faulted:
                subject.Verdict.Require(
                    error is LateFaultedException || (error is LateStoppedException && subject.Plan.IsSupervised && subject.Ending.IsAskedToStop), "P15", $"{errand} did not fail immediately, though the connection is faulted");
                break;
            case LateConnectionState.Stopping:
            case LateConnectionState.Stopped:
                subject.Verdict.Require(error is LateStoppedException or LateFaultedException, "P9", $"{errand} did not fail immediately, though the connection is {state}");
                break;
            case var _ when subject.World.Calls.Retries && errand.Kind == "call":
                // It is tried again after a delay.
                break;
            case LateConnectionState.Connecting or LateConnectionState.Connected or LateConnectionState.Reconnecting when (whenNotReady ?? subject.Options.WhenNotReady) == LateWhenNotReady.Fail:
                subject.Verdict.Require(error is LateDisconnectedException, "P7", $"{errand} did not fail immediately, though the connection is {state}");
                break;
        }
    }
}
