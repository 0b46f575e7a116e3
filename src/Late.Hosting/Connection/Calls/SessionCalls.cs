using Late.Hosting.Connection.Lifecycle;
using Late.Hosting.Connection.Sessions;

namespace Late.Hosting.Connection.Calls;

/// <summary>The calls that the handler of a session has and has not ended: they fail when the session ends.</summary>
internal sealed class SessionCalls(Session session) : ICallKeeper
{
    private readonly HashSet<LateCall> _calls = [];

    public bool IsEmpty
    {
        get
        {
            lock (_calls)
            {
                return _calls.Count == 0;
            }
        }
    }

    public void Track(LateCall call)
    {
        lock (_calls)
        {
            _calls.Add(call);
        }

        call.KeepIn(this);
    }

    public void Forget(LateCall call)
    {
        lock (_calls)
        {
            _calls.Remove(call);
        }

        session.OnCallEnded();
    }

    public void Fail(ConnectionFailure failure)
    {
        LateCall[] calls;
        lock (_calls)
        {
            calls = [.. _calls];
        }

        foreach (var call in calls)
        {
            call.FailWith(failure);
        }
    }
}
