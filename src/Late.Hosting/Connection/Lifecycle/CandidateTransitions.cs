using Late.Hosting.Connection.Mailboxes;

namespace Late.Hosting.Connection.Lifecycle;

/// <summary>
/// The events of the connection that is to follow a session, and of requests that come while a session is being replaced already.
/// </summary>
/// <param name="name">The connection's name.</param>
/// <param name="time">The connection's clock.</param>
/// <param name="work">The work that phases admit and refuse.</param>
/// <param name="stopEnd">How a session ends at a stop that was not requested.</param>
/// <param name="restarts">Whether a new life follows a fault after a delay; null where none follows, whatever is requested.</param>
internal abstract class CandidateTransitions(string name, TimeProvider time, WorkQueues work, SessionEnd stopEnd, Func<bool, bool>? restarts)
    : LifecycleTransitions(name, time, work, stopEnd, restarts)
{
    /// <summary>Keeps the attempt that is to replace a session, in place of an earlier one: from here on it outlasts that session. Where that has ended already, or is to end so that another attempt follows, it is canceled.</summary>
    public Effects Detach(SessionLife session, Candidate candidate) => Locked(() =>
    {
        if (!Continues(session) || session.PendingEnd is { NeedsNewAttempt: true })
        {
            return new Effects { Discarded = candidate };
        }

        CandidatePhase = Phases.Follow(CandidatePhase, LifecycleEvent.Detach);
        (var replaced, Candidate) = (Candidate, candidate);
        candidate.IsMade = false;
        candidate.IsDetached = true;
        return new Effects { HasHappened = true, Discarded = replaced };
    });

    /// <summary>The attempt has connected. Nothing follows where the session has ended, or the connection is not needed: what follows the session takes it, where it does.</summary>
    public Effects Prepare(SessionLife session, Candidate candidate) => Locked(() =>
    {
        candidate.IsMade = candidate == Candidate || candidate == Adopted;
        if (candidate != Candidate)
        {
            return default;
        }

        CandidatePhase = Phases.Follow(CandidatePhase, LifecycleEvent.Prepare);
        return new Effects { HasHappened = Continues(session) };
    });

    /// <summary>The attempt has failed, and the session continues. Nothing follows where that has ended: the next attempt is the one that has failed.</summary>
    public Effects RefuseCandidate(SessionLife session, Candidate candidate) => Locked(() =>
    {
        if (!Continues(session))
        {
            return default;
        }

        if (candidate == Candidate)
        {
            TakeCandidateNow();
        }

        return new Effects { HasHappened = true };
    });

    /// <summary>The next session takes the connection that was begun while the last one continued, or the attempt to make it; null where there is none.</summary>
    public Candidate? Adopt()
    {
        using (Gate.Enter())
        {
            return Adopted = TakeCandidateNow();
        }
    }

    /// <summary>Something else follows than the connection that was begun while the last session continued.</summary>
    public Effects Drop() => Locked(() =>
    {
        var dropped = TakeCandidateNow();
        return Undefer() with { Discarded = dropped };
    });

    /// <summary>
    /// A result, or a client, requests a new session where the session is being replaced already, or has ended: why it ends stays, and the
    /// address, the delay and the close code of the request are those of what follows. Nothing where no session follows.
    /// </summary>
    public Effects Amend(SessionLife session, SessionEnd request) => Locked(() => AmendNow(session, request));

    /// <summary>What was put off to this session, which takes it once; null for nothing that needs another, and where the session closes already.</summary>
    public SessionEnd? TakeDeferred(SessionLife session)
    {
        using (Gate.Enter())
        {
            var request = Continues(session) ? Deferred : null;
            Deferred = request is null ? Deferred : null;
            return request is { NeedsNewAttempt: true } ? request : null;
        }
    }
}
