using Late.Hosting.Simulation.Calling;
using Late.Hosting.Simulation.Handling;
using Late.Hosting.Simulation.Worlds;

namespace Late.Hosting.Simulation.Checks;

/// <summary>
/// Counts the calls in progress against their limits: never more than may be, no call waits for its slot longer than <c>QueueTimeout</c>, and
/// none waits while one is free.
/// </summary>
internal sealed class CallSlots(Subject subject)
{
    // Those that the handler has seen in the present session, and that may have their slot.
    private readonly List<CallErrand> _inProgress = [];

    private LateConnectionOptions Options => subject.Options;

    private TimeSpan Now => subject.Time.Elapsed;

    // Timers count in milliseconds.
    private TimeSpan Tolerance => TimeSpan.FromMilliseconds(1) + subject.Time.Slack;

    /// <summary>Calls with the same one reach the handler in their order.</summary>
    public string OrderOf(CallErrand call) => Options.MaxConcurrentCallsByRequest.Count == 0 ? "" : call.Request;

    /// <summary>True where a call of a request needs a slot.</summary>
    public bool IsLimited(string request) => Options.MaxConcurrentCalls is not null || Options.MaxConcurrentCallsByRequest.ContainsKey(request);

    public void OnDelivered(CallErrand call)
    {
        if (!call.IsLimited)
        {
            return;
        }

        _inProgress.RemoveAll(other => other.Session != call.Session || !(MayHaveSlot(other) || IsEndDue(other)));
        _inProgress.Add(call);
        var (all, same) = Count(other => HasSlot(other) || IsEndDue(other), call.Request);
        subject.Verdict.Require(!(all > Options.MaxConcurrentCalls), "P19", $"{all} calls are in progress, of {Options.MaxConcurrentCalls}");
        subject.Verdict.Require(!(same > LimitOf(call.Request)), "P19", $"{same} calls of {call.Request} are in progress, of {LimitOf(call.Request)}");
    }

    /// <summary>With nothing else to do: what waits for a slot waits for others, and not too long.</summary>
    public void CheckNow()
    {
        if (!subject.Plan.DrawsCalls || !(IsLimited(nameof(Ask)) || IsLimited(nameof(Probe))))
        {
            return;
        }

        var isIdle = subject.IsIdle && !subject.Rotations.IsDraining;
        foreach (var call in subject.Callers.WaitingCalls)
        {
            if (!call.IsLimited || call.IsDelivered)
            {
                continue;
            }

            var isOverdue = Now > call.Began + Options.QueueTimeout + subject.Time.Slack;
            subject.Verdict.Require(
                !(isOverdue && (isIdle || !IsFree(HasSlot, call.Request) || (call.ReadyBefore == subject.Logs.Count(3)))), "P19", $"{call} waits for its slot longer than QueueTimeout, which is {Options.QueueTimeout}");
            subject.Verdict.Require(!isIdle || !IsFree(MayHaveSlot, call.Request), "P19", $"{call} waits for a slot, and one is free");
        }
    }

    private int? LimitOf(string request) => Options.MaxConcurrentCallsByRequest.TryGetValue(request, out var limit) ? limit : null;

    private bool IsFree(Predicate<CallErrand> has, string request)
    {
        var (all, same) = Count(has, request);
        return !(all >= Options.MaxConcurrentCalls) && !(same >= LimitOf(request));
    }

    private (int All, int Same) Count(Predicate<CallErrand> has, string request)
    {
        var (all, same) = (0, 0);
        foreach (var call in _inProgress)
        {
            if (call.Session == subject.Handler!.Session && subject.Life.IsConnected && has(call))
            {
                all++;
                same += call.Request == request ? 1 : 0;
            }
        }

        return (all, same);
    }

    // One that its caller has canceled keeps it until the server's answer, or for its time, which has begun with its slot, and for CallTimeout
    // from then at most.
    private bool HasSlot(CallErrand call) => !call.IsEnded || (IsKept(call) && !(Now >= call.Began + call.Timeout) && Now < LatestEnd(call));

    private bool MayHaveSlot(CallErrand call) =>
        !call.IsEnded || (IsKept(call) && !(Now > call.DeliveredAt + call.Timeout + Tolerance) && Now <= LatestEnd(call) + Tolerance);

    private TimeSpan LatestEnd(CallErrand call) => call.CancelledAt!.Value + Options.CallTimeout;

    // The handler is notified of its end before the next call has its slot.
    private static bool IsEndDue(CallErrand call) =>
        call is { IsTaken: true, IsEndKnown: false, IsSlotReleased: false, Request: nameof(Ask) } && call.IsEnded && CallEnds.ReasonOf(call) is not null;

    private static bool IsKept(CallErrand call) => call.Task.IsCanceled && !call.IsSlotReleased;
}
