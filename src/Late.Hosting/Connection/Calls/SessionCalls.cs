using Late.Hosting.Connection.Lifecycle;
using Late.Hosting.Connection.Sessions;
using Late.Hosting.Locking;

namespace Late.Hosting.Connection.Calls;

/// <summary>The calls that the handler of a session has and has not ended: they fail when the session ends.</summary>
internal sealed class SessionCalls(Session session)
{
    private readonly Gate _gate = new();
    private readonly HashSet<PendingCall> _calls = [];

    /// <summary>The session.</summary>
    public Session Session => session;

    /// <summary>True where no caller waits.</summary>
    public bool IsEmpty
    {
        get
        {
            using (_gate.Enter())
            {
                return _calls.All(static call => call.IsEnded || !call.HasCaller);
            }
        }
    }

    public void Track(PendingCall call)
    {
        using (_gate.Enter())
        {
            _calls.Add(call);
        }

        if (!call.TryKeepIn(this))
        {
            Remove(call);
        }
    }

    public void Remove(PendingCall call)
    {
        using (_gate.Enter())
        {
            _calls.Remove(call);
        }

        session.Drain.OnCallEnded();
    }

    public void Fail(ConnectionFailure failure)
    {
        PendingCall[] calls;
        using (_gate.Enter())
        {
            calls = [.. _calls];
        }

        foreach (var call in calls)
        {
            call.Refuse(failure);
        }
    }
}
