using Late.Hosting.Simulation.Handling;
using Late.Hosting.Simulation.Worlds;

namespace Late.Hosting.Simulation.Calling;

/// <summary>All calls of a world: in order (P1), ended by what ended them (P5), and with the truth about their delivery (P6).</summary>
internal sealed class Calls(Subject subject)
{
    private readonly List<Errand> _all = [];
    private int _lastDelivered;

    public int NextId => _all.Count + 1;

    public void Add(Errand call) => _all.Add(call);

    public void OnDelivered(int id, int session)
    {
        var call = _all[id - 1];
        subject.Verdict.Require(id > _lastDelivered, "P1", $"call {id} reached the handler after call {_lastDelivered}");
        subject.Verdict.Require(!call.IsEnded, "P5", $"call {id} reached the handler after it had ended");
        _lastDelivered = id;
        (call.IsDelivered, call.Session) = (true, session);
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
            _all[id - 1].IsFailed = true;
        }
    }

    /// <summary>A session has ended: so have the calls that waited for its answers.</summary>
    public void OnDisconnected(int session)
    {
        foreach (var call in _all)
        {
            subject.Verdict.Require(call.Session != session || call.IsEnded, "P5", $"{call} outlived its session {session}");
        }
    }

    public void OnEnded(Errand call, Exception? exception, int reply)
    {
        var verdict = subject.Verdict;
        subject.Gaps.Remove(call.Due);
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
}
