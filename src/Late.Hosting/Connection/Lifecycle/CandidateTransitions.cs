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

    /// <summary>
    /// The connection is made, and cannot be used. Nothing follows where it is not the next any more. What was put off to the session that it would have
    /// become is that of the next attempt, where the present one is to be replaced already.
    /// </summary>
    public Effects RefuseMade(SessionLife session, Candidate candidate) => Locked(() =>
    {
        if (candidate != Candidate)
        {
            return default;
        }

        TakeCandidateNow();
        var effects = new Effects { HasHappened = true };
        if (!Continues(session))
        {
            return Undefer(effects);
        }

        if (session.PendingEnd is { HandlesLastFrames: true } end)
        {
            var request = TakeDeferredNow();
            end = request is null ? end : end.FollowedBy(request) with { IsImmediate = end.IsImmediate || request.IsImmediate };
            session.PendingEnd = end with { HandlesLastFrames = false };
        }

        return effects;
    });

    /// <summary>The next session takes the connection that was begun while the last one continued, or the attempt to make it; null where there is none.</summary>
    public Candidate? Adopt()
    {
        using (Gate.Enter())
        {
            Adopted = TakeCandidateNow();
            NextAddress.Adopt(Adopted?.Request);
            return Adopted;
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

    /// <summary>What was put off to this session, for what is begun in its place; null for nothing, and where the session is to end already.</summary>
    public SessionEnd? TakeDeferred(SessionLife session)
    {
        using (Gate.Enter())
        {
            return HasNotCome(session) ? TakeDeferredNow() : null;
        }
    }

    /// <summary>
    /// The session comes to what was put off to it, and closes, ends or drains by it in the same moment: no later request finds it neither put off nor begun.
    /// Nothing follows where there is nothing, where the session is to end already, and where the next connection comes first: <see cref="TakeDeferred"/> is
    /// for that.
    /// </summary>
    public Effects BeginDeferred(SessionLife session) => Locked(() =>
    {
        if (!HasNotCome(session) || Deferred is null or { Request.ConnectsFirst: true })
        {
            return default;
        }

        // What has come on the connection before it was a session is handled, as all else that the server sends until its close.
        var end = TakeDeferredNow()! with { HandlesLastFrames = true };
        return ReplaceNow(session, end, end.Request is { FinishCalls: true });
    });

    /// <summary>The connection is there that is to follow. Nothing follows where it is not the next any more, and where the session is to end already.</summary>
    public Effects Switch(SessionLife session, Candidate candidate, SessionEnd end, bool finishesCalls) => Locked(() =>
        candidate != Candidate || !HasNotCome(session) ? default : ReplaceNow(session, end, finishesCalls));

    /// <summary>What was admitted is handled, or has had its time: the session ends as it was to, with what has been requested by then.</summary>
    public Effects EndDrain(SessionLife session) => Locked(() => session.PendingEnd is { } end ? CloseOrEndNow(session, end) : default);

    /// <summary>
    /// The session ends when what was admitted is handled; the first reason counts. Where it is to end already, what is requested is for what follows,
    /// but for a client's behind its end, which requests another.
    /// </summary>
    protected Effects DrainNow(SessionLife session, SessionEnd end)
    {
        var isOpen = session.Ending is null;
        Phases.Move(session, LifecycleEvent.Drain);
        if (!isOpen || session.PendingEnd is not null)
        {
            return isOpen || end.IsByHandler ? AmendNow(session, end) with { HasHappened = isOpen, Wakes = true } : default;
        }

        session.PendingEnd = end = WhereMade(session, end, out var deferred);
        return new Effects { HasHappened = true, LoggedDeferred = deferred, Discarded = TakeCandidateBefore(end), Wakes = true };
    }

    private Effects ReplaceNow(SessionLife session, SessionEnd end, bool finishesCalls) => finishesCalls ? DrainNow(session, end) : CloseOrEndNow(session, end);

    private bool HasNotCome(SessionLife session) => Continues(session) && session.PendingEnd is null;
}
