using Late.Hosting.Simulation.Handling;
using Late.Hosting.Simulation.Worlds;

namespace Late.Hosting.Simulation.Calling;

/// <summary>All calls of a world: in order (P1), ended by what ended them (P5), and with the truth about their delivery (P6).</summary>
internal sealed class Calls(Subject subject)
{
    private readonly List<CallErrand> _all = [];
    private readonly Dictionary<string, CallErrand> _lastDelivered = [];
    private int _places;

    public int NextId => _all.Count + 1;

    public IReadOnlyList<CallErrand> All => _all;

    public void Add(CallErrand call)
    {
        _all.Add(call);
        OnAttempt(call);
    }

    /// <summary>A call begins, or begins again: behind all others, and under the limits of now.</summary>
    public void OnAttempt(CallErrand call)
    {
        var (now, limits) = (subject.Time.Elapsed, subject.World.Calls.Limits);
        (call.Place, call.AttemptedFrom, call.IsAttempting) = (++_places, now, true);
        (call.IsLimited, call.Most) = (limits.Limit(call.Request), (limits.All, limits.Of(call.Request)));
        call.QueueTimeout = call.IsLimited ? limits.QueueTimeout : null;
        call.Deadline = now + call.Timeout + (call.QueueTimeout ?? TimeSpan.Zero) + subject.World.Calls.Tick;
        call.ReadyBefore = subject.Client.State == LateConnectionState.Ready ? -1 : subject.Logs.Count(3);
    }

    /// <summary>An attempt of a call has ended.</summary>
    public void OnOutcome(CallErrand call, Exception? exception)
    {
        CheckTimeout(call, exception);
        subject.Verdict.Require(
            !(call.WaitsWhenLost && exception is LateDisconnectedException { Delivery: LateDelivery.NotDelivered } && subject.Time.Elapsed > call.AttemptedFrom),
            "P19",
            $"{call} was to wait for another session, and has failed");
    }

    public void OnDelivered(int id, LateCall taken, int session)
    {
        var call = _all[id - 1];
        var order = subject.CallSlots.OrderOf(call);
        var last = _lastDelivered.GetValueOrDefault(order);
        subject.Verdict.Require(last is null || call.Place > last.Place, "P1", $"{call} reached the handler after {last}");
        subject.Verdict.Require(!call.IsEnded, "P5", $"call {id} reached the handler after it had ended");
        _lastDelivered[order] = call;
        (call.IsDelivered, call.Taken, call.Session, call.DeliveredAt) = (true, taken, session, subject.Time.Elapsed);
        subject.CallSlots.OnDelivered(call);
        subject.Gaps.OnRun(call.Due);
    }

    public void OnAnswered(int id, bool isReply)
    {
        if (isReply)
        {
            _all[id - 1].IsReplied = true;
        }
        else
        {
            _all[id - 1].IsFailed = true;
        }
    }

    /// <summary>The call's callback is about to throw: the exception goes to the caller, unless the call has ended.</summary>
    public void OnThrown(int id)
    {
        if (id > 0)
        {
            (_all[id - 1].IsFailed, _all[id - 1].IsSlotReleased) = (true, true);
        }
    }

    /// <summary>The call's callback has completed, and its result will do.</summary>
    public void OnTaken(int id) => _all[id - 1].IsTaken = true;

    /// <summary>The handler has answered a call that may have ended, or gives back its slot.</summary>
    public void OnSlotReleased(int id) => _all[id - 1].IsSlotReleased = true;

    /// <summary>A session has ended: so have the calls that waited for its answers.</summary>
    public void OnDisconnected(int session)
    {
        foreach (var call in _all)
        {
            subject.Verdict.Require(call.Session != session || call.Taken!.IsEnded, "P5", $"{call} outlived its session {session}");
        }
    }

    public void OnEnded(CallErrand call, Exception? exception, int reply)
    {
        var verdict = subject.Verdict;
        subject.Gaps.Remove(call.Due);
        subject.CallEnds.OnEnded(call);
        subject.CallRetries.OnEnded(call, exception);
        OnOutcome(call, exception);
        verdict.Require(exception is null || !call.IsReplied, "P5", $"{call} was replied to and ended with {exception?.GetType().Name}");
        switch (exception)
        {
            case null:
                verdict.Require(call.IsReplied && reply == call.Id, "P5", $"{call} ended with the reply {reply}");
                break;
            case SimulatedException or InvalidOperationException:
                verdict.Require(call.IsFailed, "P2", $"{call} failed with an exception that no callback threw: {exception.Message}");
                break;
            default:
                verdict.Require(
                    exception is not LateDisconnectedException || subject.Rotations.MayLoseCalls(call.Session), "P5", $"{call} was lost to the replacement of session {call.Session}");
                Deliveries.Check(subject, call, exception, isKnown: true);
                break;
        }
    }

    // Where it may have waited for a slot, and has not got so far, either time has passed.
    private void CheckTimeout(CallErrand call, Exception? exception)
    {
        if (exception is LateCallTimeoutException)
        {
            var queued = call.IsDelivered ? TimeSpan.MaxValue : call.QueueTimeout ?? TimeSpan.MaxValue;
            var least = call.Timeout < queued ? call.Timeout : queued;
            subject.Verdict.Require(subject.Time.Elapsed - call.AttemptedFrom >= least, "P5", $"{call} timed out after {subject.Time.Elapsed - call.AttemptedFrom}, and has {least}");
        }
    }
}
