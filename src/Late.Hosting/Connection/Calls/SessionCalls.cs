using Late.Hosting.Connection.Lifecycle;
using Late.Hosting.Connection.Sessions;
using Late.Hosting.Locking;

namespace Late.Hosting.Connection.Calls;

/// <summary>The calls that the handler of a session has and has not ended: they fail when the session ends.</summary>
internal sealed class SessionCalls(Session session) : ICallKeeper
{
    private readonly Gate _gate = new();
    private readonly HashSet<LateCall> _calls = [];

    public bool IsEmpty
    {
        get
        {
            using (_gate.Enter())
            {
                return _calls.Count == 0;
            }
        }
    }

    public void Track(LateCall call)
    {
        using (_gate.Enter())
        {
            _calls.Add(call);
        }

        call.KeepIn(this);
    }

    public void Forget(LateCall call)
    {
        using (_gate.Enter())
        {
            _calls.Remove(call);
        }

        session.OnCallEnded();
    }

    public void Fail(ConnectionFailure failure)
    {
        LateCall[] calls;
        using (_gate.Enter())
        {
            calls = [.. _calls];
        }

        foreach (var call in calls)
        {
            call.FailWith(failure);
        }
    }
}
