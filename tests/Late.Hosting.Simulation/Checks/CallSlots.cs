using Late.Hosting.Simulation.Calling;
using Late.Hosting.Simulation.Handling;
using Late.Hosting.Simulation.Worlds;

namespace Late.Hosting.Simulation.Checks;

/// <summary>
/// Counts the calls in progress against their limits, also where reloads change these: never more than may be, no call waits for its slot longer
/// than <c>QueueTimeout</c>, and none waits while one is free.
/// </summary>
internal sealed class CallSlots(Subject subject)
{
    // Those that the handler has seen in the present session, and that may have their slot.
    private readonly List<CallErrand> _inProgress = [];

    private CallLimits Limits => subject.World.Calls.Limits;

    private TimeSpan Now => subject.Time.Elapsed;

    /// <summary>Calls with the same one reach the handler in their order.</summary>
    public string OrderOf(CallErrand call) => subject.World.Calls.HasLimitedRequests ? call.Request : "";

    /// <summary>The limits are about to change: what has no slot yet will have it under the new ones, and what has none counts against them.</summary>
    public void OnReload(CallLimits limits)
    {
        foreach (var call in subject.Callers.WaitingCalls)
        {
            if (call.IsOver)
            {
                continue;
            }

            if (!call.IsDelivered)
            {
                var waits = IsSurelyWaiting(call);
                call.Most = (waits ? limits.All : Greater(call.Most.All, limits.All), waits ? limits.Of(call.Request) : Greater(call.Most.Same, limits.Of(call.Request)));
            }

            call.IsLimited |= limits.Limit(call.Request);
        }
    }

    public void OnDelivered(CallErrand call)
    {
        if (!subject.Plan.DrawsCalls)
        {
            return;
        }

        _inProgress.RemoveAll(other => other.Session != call.Session || !(MayHaveSlot(other) || IsEndDue(other)));
        _inProgress.Add(call);
        var (all, same) = Count(other => HasSlot(other) || IsEndDue(other), call.Request);
        subject.Verdict.Require(!(all > call.Most.All), "P19", $"{all} calls are in progress, of {call.Most.All}");
        subject.Verdict.Require(!(same > call.Most.Same), "P19", $"{same} calls of {call.Request} are in progress, of {call.Most.Same}");
    }

    /// <summary>With nothing else to do: what waits for a slot waits for others, and not too long.</summary>
    public void CheckNow()
    {
        if (!subject.Plan.DrawsCalls)
        {
            return;
        }

        var isIdle = subject.IsIdle && !subject.Rotations.IsDraining;
        foreach (var call in subject.Callers.WaitingCalls)
        {
            if (!call.IsLimited || call.IsDelivered || !call.IsAttempting)
            {
                continue;
            }

            var isOverdue = Now > call.AttemptedFrom + call.QueueTimeout + subject.Time.Slack;
            subject.Verdict.Require(
                !(isOverdue && (isIdle || IsSurelyWaiting(call) || (call.ReadyBefore == subject.Logs.Count(3)))), "P19", $"{call} waits for its slot longer than QueueTimeout, which is {call.QueueTimeout}");
            subject.Verdict.Require(!isIdle || !IsFree(call), "P19", $"{call} waits for a slot, and one is free");
        }
    }

    private static int? Greater(int? one, int? other) => one > other ? one : one is null ? null : other;

    // One that has its slot, and is not delivered, is among those that the greatest limit allowed.
    private bool IsSurelyWaiting(CallErrand call)
    {
        var (all, same) = Count(HasSlot, call.Request);
        return all >= call.Most.All || same >= call.Most.Same;
    }

    private bool IsFree(CallErrand call)
    {
        var (all, same) = Count(MayHaveSlot, call.Request);
        return !(all >= Limits.All) && !(same >= Limits.Of(call.Request));
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
    private bool HasSlot(CallErrand call) => !call.IsOver || (IsKept(call) && !(Now >= call.AttemptedFrom + call.Timeout) && Now < LatestEnd(call));

    private bool MayHaveSlot(CallErrand call) =>
        !call.IsEnded || (IsKept(call) && !(Now > call.DeliveredAt + call.Timeout + subject.Time.TimerSlack) && Now <= LatestEnd(call) + subject.Time.TimerSlack);

    private TimeSpan LatestEnd(CallErrand call) => call.CancelledAt!.Value + subject.Options.CallTimeout;

    // The handler is notified of its end before the next call has its slot.
    private static bool IsEndDue(CallErrand call) =>
        call is { IsLimited: true, IsTaken: true, KnownEnd: null, IsSlotReleased: false, Request: nameof(Ask) } && call.IsEnded && CallEnds.ReasonOf(call) is not null;

    private static bool IsKept(CallErrand call) => call is { IsLimited: true, IsSlotReleased: false } && call.Task.IsCanceled;
}
