using Late.Hosting.Connection.Mailboxes;

namespace Late.Hosting.Connection.Lifecycle;

/// <summary>What the events of the lifecycle have in common: each is taken under the lock, and leaves effects.</summary>
/// <param name="name">The connection's name.</param>
/// <param name="time">The connection's clock.</param>
/// <param name="work">The work that phases admit and refuse.</param>
/// <param name="stopEnd">How a session ends at a stop that was not requested.</param>
/// <param name="restarts">
/// Whether a new life follows a fault after a delay, by a permanent code or another cause; null where none follows, whatever is requested.
/// It only reads options.
/// </param>
internal abstract class LifecycleTransitions(string name, TimeProvider time, WorkQueues work, SessionEnd stopEnd, Func<bool, bool>? restarts)
    : LifecycleState(name, time, work, stopEnd, restarts is not null)
{
    /// <summary>When the event has come: no clock is read under the lock, since a clock in a test may run what is due.</summary>
    protected DateTimeOffset Now { get; private set; }

    /// <summary>The same as a timestamp.</summary>
    protected long Timestamp { get; private set; }

    /// <summary>Takes an event under the lock.</summary>
    protected Effects Locked(Func<Effects> transition)
    {
        var (now, timestamp) = (Time.GetUtcNow(), Time.GetTimestamp());
        using (Gate.Enter())
        {
            (Now, Timestamp) = (now, timestamp);
            return transition();
        }
    }

    /// <summary>Moves a session, where nothing else follows.</summary>
    protected Effects Move(SessionLife session, LifecycleEvent lifecycleEvent) =>
        Locked(() => new Effects { HasHappened = Phases.Move(session, lifecycleEvent) });

    /// <summary>Begins a close of ours: only for the handler the session continues; the first reason counts.</summary>
    protected Effects CloseNow(SessionLife session, SessionEnd end)
    {
        if (!Phases.Move(session, LifecycleEvent.BeginClosing))
        {
            return default;
        }

        session.PendingEnd = end = WithTime(session, WhereMade(session, end, out var deferred));
        session.IsSilent = true;
        return RefuseOfSession(Show(end.Description, end.Exception), ConnectionFailure.Disconnected(end)) with
        {
            Left = session,
            LoggedEnd = session.IsBeingLogged ? null : session,
            LoggedDeferred = deferred,
            Discarded = TakeCandidateBefore(end),
        };
    }

    /// <summary>A close of ours begins with a goodbye; by a result of the handler's the session ends without one.</summary>
    protected Effects CloseOrEndNow(SessionLife session, SessionEnd end) =>
        end.IsByHandler ? EndNow(session, end, LifecycleEvent.End) : CloseNow(session, end);

    protected Effects EndNow(SessionLife session, SessionEnd end, LifecycleEvent lifecycleEvent)
    {
        var before = session.Phase;
        if (!Phases.Move(session, lifecycleEvent))
        {
            return default;
        }

        var wasClosing = before is SessionPhase.Closing or SessionPhase.HeldClose;
        string? deferred = null;
        end = wasClosing ? session.PendingEnd!.EndedBy(end) : WithTime(session, WhereMade(session, end, out deferred));

        // In this order: a runner that knows the end knows also whether frames are handled behind it, and none takes it for a close of ours.
        var isSilent = !end.HandlesLastFrames && (before == SessionPhase.Closing || !end.HandlesRest);
        session.IsSilent &= isSilent;
        session.Ending = end;
        session.IsSilent = isSilent;

        // What was requested since the close began is the later request.
        NextAddress.Set(wasClosing && NextAddress.IsKnown ? null : end);
        var (description, exception) = (end.Description, end.Exception);
        var effects = end.Next switch
        {
            NextStep.Stop => StopNow(end),
            NextStep.Fault => FaultNow(description, exception, isPermanent: false),
            _ when wasClosing => default,
            _ => RefuseOfSession(Show(description, exception), ConnectionFailure.Disconnected(end)) with { Discarded = TakeCandidateBefore(end) },
        };
        return wasClosing
            ? effects with { HasHappened = true, Wakes = true }
            : effects with { HasHappened = true, LoggedDeferred = deferred, Left = session, LoggedEnd = session.IsBeingLogged ? null : session, Wakes = true };
    }

    /// <summary>
    /// How a session ends by a request, where the connection is made that follows: what the server still sends is handled. Where that takes over
    /// in any case, what else is requested is for the session that it becomes.
    /// </summary>
    protected SessionEnd WhereMade(SessionLife session, SessionEnd end, out string? deferred)
    {
        deferred = null;
        if (end is not { Next: NextStep.Reconnect, Reason: not LateDisconnectReason.LeaseLost })
        {
            return end;
        }

        // A session that waits for its calls has not come to what was requested.
        var ownCode = end.CloseCode;
        end = end.InPlaceOf(session.PendingEnd);
        if (!end.IsRequested)
        {
            return end;
        }

        if (Candidate is not { IsMade: true })
        {
            // This session has not come to what was put off to it.
            return end.Behind(TakeDeferredNow());
        }

        if (end.NeedsNewAttempt)
        {
            if (!IsFollowedByMade(session))
            {
                return end;
            }

            // The close code of the earlier request is that of this session's close.
            (Deferred, deferred) = ((end with { CloseCode = ownCode }).Behind(Deferred), end.Description);
        }

        return end.FollowedByMade();
    }

    /// <summary>True where the connection is made that follows, and the session is being replaced by it, or will be in a moment.</summary>
    protected bool IsFollowedByMade(SessionLife session) =>
        Candidate is { IsMade: true } candidate && (session.PendingEnd is { HandlesLastFrames: true } || candidate.TakesOver);

    protected Effects StopNow(SessionEnd end)
    {
        var fault = Life == LifePhase.Faulted ? Current.Exception : null;
        if (!Phases.MoveLife(LifecycleEvent.Stop))
        {
            return default;
        }

        (StoppedBy, Deferred, Adopted) = (end.TerminateKind, null, null);
        return Write(end.Description, fault) with { Refused = Work.RemoveAll(), Failure = ConnectionFailure.Stopped, Discarded = TakeCandidateNow(), EndsStart = true, EndsLife = true, Wakes = true };
    }

    protected Effects FaultNow(string reason, Exception? exception, bool isPermanent)
    {
        var isNew = Phases.MoveLife(LifecycleEvent.Fault);

        // Also where a callback of the last frames has faulted.
        isPermanent |= Session?.Ending is { HasPermanentCode: true };
        var effects = isNew
            ? Write(reason, exception, isRestarting: MayRevive && restarts!(isPermanent)) with
            {
                Refused = Work.RemoveAll(),
                Failure = ConnectionFailure.Faulted(Current, MayRevive),
                Discarded = TakeCandidateNow(),
                EndsLife = true,
                Wakes = true,
            }
            : default;
        Adopted = null;
        effects = Undefer(effects);
        NextAddress.Fault(Interruption.IsRequested);
        var isLogged = IsFaultLogged;
        IsFaultLogged = true;
        return isLogged ? effects : effects with { LoggedFault = (reason, exception) };
    }

    /// <summary>
    /// No session follows for which a request was put off: a client's interrupts what follows instead, and the address is that of the next
    /// attempt.
    /// </summary>
    protected Effects Undefer(Effects effects = default)
    {
        if (IsMade || Deferred is not { } request)
        {
            return effects;
        }

        Deferred = null;
        NextAddress.Set(NextAddress.IsKnown ? null : request);
        return request.IsByHandler ? effects : effects with { Interrupted = Interruption.Request(request.After, isReload: false), LoggedRequest = request.CloseReason };
    }

    /// <summary>Refuses what belongs to a session that ends, and admits what runs without one in its room.</summary>
    protected Effects RefuseOfSession(Effects effects, ConnectionFailure failure) => effects with
    {
        Refused = Work.RemoveOfSession(),
        Failure = failure,
        Accepted = Work.AdmitWaiting(Admission),
        Wakes = true,
    };

    private SessionEnd WithTime(SessionLife session, SessionEnd end) => end with
    {
        Session = session.Number,
        ReadyFor = session.WasReady ? Time.GetElapsedTime(session.ReadyAt, Timestamp) : null,
    };

    /// <summary>Publishes the phase of the session, unless the connection ends: that takes precedence over the session's phase.</summary>
    protected Effects Show(string reason, Exception? exception = null, int? attempt = null) =>
        Life == LifePhase.Running ? Write(reason, exception, attempt) : new Effects { HasHappened = true };

    /// <summary>A new session is requested while there is none, or a new life.</summary>
    protected Effects InterruptNow(SessionEnd end)
    {
        var isReload = end.HasNewOptions;
        end = end.Behind(TakeDeferredNow());
        var isByReload = isReload && end.Uri is null;
        if (isByReload)
        {
            NextAddress.Keep(Candidate is { HasFailed: false } candidate ? candidate.Request : null);
        }
        else
        {
            NextAddress.Replace(end);
        }

        // An attempt that is interrupted becomes no session any more, also where it has just connected.
        Adopted = null;
        return new Effects { HasHappened = true, LoggedRequest = end.CloseReason, Interrupted = Interruption.Request(end.After, isByReload), Discarded = TakeCandidateNow() };
    }

    /// <summary>Takes the connection that is to follow a session out of its slot, where that session's end needs another.</summary>
    protected Candidate? TakeCandidateBefore(SessionEnd end) => end.NeedsNewAttempt ? TakeCandidateNow() : null;

    /// <summary>True while a session is open, and no close of ours has begun.</summary>
    protected bool Continues(SessionLife session) => !IsEnding && session == Session && !session.IsLeaving;

    /// <summary>A new session is requested where the connection is made already that becomes one: that is it, unless another is needed, or it becomes none.</summary>
    protected Effects Defer(SessionEnd request)
    {
        Deferred = request.NeedsNewAttempt ? request.Behind(Deferred) : Deferred ?? request;
        return new Effects { HasHappened = true, LoggedDeferred = request.NeedsNewAttempt ? request.Description : null, LoggedAdded = request.NeedsNewAttempt ? null : Added(request) };
    }

    protected Effects AmendNow(SessionLife session, SessionEnd request)
    {
        if (Session is { } present && present != session)
        {
            // The connection has become a session meanwhile: what has come on it before is handled.
            request = request with { HandlesLastFrames = true };
            return IsEnding || !request.NeedsNewAttempt ? default
                : present.IsLeaving ? AmendNow(present, request)
                : CloseOrEndNow(present, request);
        }

        if (IsEnding || (session.Ending ?? session.PendingEnd) is not { Next: NextStep.Reconnect } end)
        {
            return default;
        }

        if (request.NeedsNewAttempt && IsMade && (session.IsLeaving || IsFollowedByMade(session)))
        {
            return Defer(request);
        }

        if (session.Ending is null)
        {
            session.PendingEnd = end.FollowedBy(request);
        }
        else
        {
            session.Ending = end.FollowedBy(request);
            NextAddress.Set(request.Uri is null || Interruption.HasOtherRequest ? null : request);
        }

        return new Effects { HasHappened = true, LoggedAdded = Added(request), Discarded = TakeCandidateBefore(request) };
    }

    /// <summary>The first attempt follows Init anyway; where an address is requested, it goes to that.</summary>
    protected Effects RequestFirst(Uri? uri)
    {
        NextAddress.SetFirst(uri);
        return new Effects { HasHappened = true };
    }

    /// <summary>A new life is requested; nothing where none may follow.</summary>
    protected Effects ReviveSoon(SessionEnd end)
    {
        if (Life != LifePhase.Faulted || !MayRevive)
        {
            return default;
        }

        History.Amend(LateConnectionState.Faulted, static status => status with { IsLifeRequested = true, NextAttemptAt = null });
        return InterruptNow(end);
    }

    protected Effects Write(string reason, Exception? exception, int? attempt = null, bool isRestarting = false)
    {
        History.Add(Now, StatusHistory.StateOf(Life, Phase), reason, exception, attempt, isRestarting);
        return new Effects { HasHappened = true, PublishesStatus = true };
    }
}
