using Late.Hosting.Simulation.Calling;
using Late.Hosting.Simulation.Handling;
using Late.Hosting.Simulation.Worlds;

namespace Late.Hosting.Simulation.Checks;

/// <summary>
/// Follows <c>HandleCallEnd</c> (promise P19): it runs once for each call that the handler has taken and that has ended by its timeout or
/// its caller's cancellation, after its <c>HandleCall</c> and in the same session, and for no other.
/// </summary>
internal sealed class CallEnds(Subject subject)
{
    // Those before it have ended, and nothing is to be learned of them.
    private int _first;

    /// <summary>The handler is notified that a call has ended.</summary>
    public void OnNotified(int id, LateCallEndReason reason, LateCall ended, int session)
    {
        var (verdict, call) = (subject.Verdict, subject.Calls.All[id - 1]);
        subject.Trace.Write($"call {id} has ended for the handler: {reason}");
        verdict.Require(call.KnownEnd is null, "P19", $"the handler is notified twice of the end of {call}");
        verdict.Require(call.IsTaken, "P19", $"the handler is notified of the end of {call}, and its callback has not completed");
        verdict.Require(call.Session == session && subject.Gaps.IsOpen, "P19", $"the handler is notified in session {session} of the end of {call}, which was taken in session {call.Session}");
        verdict.Require(ended.IsEnded && (ReasonOf(call) == reason || IsEndUnknown(call)), "P19", $"the handler is notified that {call} has ended as {reason}, and it has as {ReasonOf(call)?.ToString() ?? "another"}");
        call.KnownEnd = reason;
    }

    /// <summary>A call has ended for its caller: as the handler was notified, where it was.</summary>
    public void OnEnded(CallErrand call) => subject.Verdict.Require(
        call.KnownEnd is null || call.KnownEnd == ReasonOf(call), "P19", $"the handler was notified that {call} has ended as {call.KnownEnd}, and it has as {ReasonOf(call)?.ToString() ?? "another"}");

    /// <summary>With nothing else to do: the handler knows of each end.</summary>
    public void CheckNow()
    {
        if (!subject.IsIdle)
        {
            return;
        }

        var calls = subject.Calls.All;
        for (var i = _first; i < calls.Count; i++)
        {
            CheckKnown(calls[i]);
            _first += i == _first && calls[i].IsEnded ? 1 : 0;
        }
    }

    /// <summary>What the handler is notified of; null where the call has not ended, or in another way.</summary>
    public static LateCallEndReason? ReasonOf(CallErrand call) =>
        call.Task.IsCanceled ? LateCallEndReason.Canceled : call.Task.Exception?.InnerException is LateCallTimeoutException ? LateCallEndReason.TimedOut : null;

    // Its caller's pipeline learns of it a moment later.
    private bool IsEndUnknown(CallErrand call) => subject.World.Calls.Retries && !call.IsEnded;

    private void CheckKnown(CallErrand call) => subject.Verdict.Require(
        call.Session != subject.Handler!.Session || call.KnownEnd is not null || !call.IsTaken || call.Request != nameof(Ask) || !call.IsEnded || ReasonOf(call) is null,
        "P19",
        $"{call} has ended as {ReasonOf(call)}, and the handler was not notified");
}
