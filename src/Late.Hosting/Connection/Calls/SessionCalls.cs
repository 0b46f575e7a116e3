using Late.Hosting.Connection.Lifecycle;
using Late.Hosting.Connection.Mailboxes;
using Late.Hosting.Connection.Sessions;
using Late.Hosting.Locking;

namespace Late.Hosting.Connection.Calls;

/// <summary>The calls that the handler of a session has and has not ended: they fail when the session ends.</summary>
internal sealed class SessionCalls(Session session)
{
    private readonly Gate _gate = new();

    // In the order in which they began. A call stands in one list at a time: it has left those of the mailbox.
    private readonly MailboxList _calls = new();

    /// <summary>The session.</summary>
    public Session Session => session;

    /// <summary>True where no caller waits, and the handler has learned of each end that it is notified of.</summary>
    public bool IsEmpty
    {
        get
        {
            using (_gate.Enter())
            {
                return !_calls.All().Cast<PendingCall>().Any(static call => call.IsAwaited);
            }
        }
    }

    /// <summary>How many there are, and when the oldest of them began, as a timestamp, with what request; 0 where there is none.</summary>
    public (int Count, long OldestFrom, RequestKind? OldestRequest) InProgress
    {
        get
        {
            using (_gate.Enter())
            {
                var oldest = _calls.First as PendingCall;
                return (_calls.Count, oldest?.BeganAt ?? 0, oldest?.Request);
            }
        }
    }

    /// <summary>The calls in progress, in their order.</summary>
    public IReadOnlyList<MailboxItem> Snapshot()
    {
        using (_gate.Enter())
        {
            return [.. _calls.All()];
        }
    }

    public void Track(PendingCall call)
    {
        using (_gate.Enter())
        {
            // The handler may take one that has waited for its slot after calls that began later: those alone are looked at.
            var before = _calls.Last;
            while (before is PendingCall other && other.BeganAt > call.BeganAt)
            {
                before = before.Previous;
            }

            _calls.AddAfter(before, call);
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
            if (_calls.Contains(call))
            {
                _calls.Remove(call);
            }
        }

        session.Drain.OnCallEnded();
    }

    public void Fail(ConnectionFailure failure)
    {
        foreach (var call in Snapshot())
        {
            call.Refuse(failure);
        }
    }
}
