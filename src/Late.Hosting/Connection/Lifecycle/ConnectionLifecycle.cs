using Late.Hosting.Connection.Mailboxes;
using static Late.Hosting.Connection.Lifecycle.LifecycleEvent;

namespace Late.Hosting.Connection.Lifecycle;

/// <summary>
/// The only writer of where a connection and its session are in their lives. Each method takes one event under the one lock, and
/// returns what is left to do outside of it. No socket, task, timer, logger or callback is used here.
/// </summary>
internal sealed class ConnectionLifecycle(string name, TimeProvider time, WorkQueues work, SessionEnd stopEnd, Func<bool, bool>? restarts = null)
    : LifeTransitions(name, time, work, stopEnd, restarts)
{
    /// <summary>The connection starts: at first, or after it has stood by, which begins a new life.</summary>
    public Effects Start() => Locked(() =>
    {
        var stoodBy = Life == LifePhase.Standby;
        if (!Phases.MoveLife(LifecycleEvent.Start))
        {
            return new Effects { EndsStart = true };
        }

        Lives++;
        return (stoodBy ? Write("The lease is held, and Init runs.", null, attempt: 0) : new Effects { HasHappened = true }) with { EndsStart = true };
    });

    /// <summary>Init threw: the connection fails permanently, unless it is stopped.</summary>
    public void NoteInitFailure(Exception exception) => InitFailure = exception;

    /// <summary>An attempt begins; not where the connection ends.</summary>
    public Effects BeginAttempt(string reason, int number) => Locked(() =>
    {
        var isFirst = Phases.MoveLife(LifecycleEvent.BeginAttempt);
        if (IsEnding || YieldReason is not null)
        {
            return default;
        }

        Phases.MoveVacancy(LifecycleEvent.BeginAttempt);
        var effects = new Effects { HasHappened = true };
        if (Current.State != LateConnectionState.Connecting)
        {
            effects = Show(reason, attempt: number);
        }
        else
        {
            // A new life has shown that it connects since its beginning.
            History.Amend(LateConnectionState.Connecting, status => status with { Reason = reason, Attempt = number });
        }

        return isFirst ? effects with { Accepted = Work.AdmitWaiting(Admission), Wakes = true } : effects;
    });

    /// <summary>The attempt has failed, or a new session was requested meanwhile.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="exception">What was thrown.</param>
    /// <param name="isRefused">Whether it was refused for a reason that waiting alone does not remove; null where the server did not answer.</param>
    public Effects FailAttempt(string reason, Exception? exception = null, bool? isRefused = null) => Locked(() =>
    {
        Phases.MoveVacancy(LifecycleEvent.FailAttempt);
        IsRefused = isRefused ?? IsRefused;
        Adopted = null;
        NextAddress.EndAttempt();
        return Undefer(Show(reason, exception));
    });

    /// <summary>The session of an attempt begins; not where the connection ends, nor where a new session was requested meanwhile.</summary>
    public Effects Open(SessionLife session, string reason) => Locked(() =>
    {
        if (IsEnding || Interruption.IsRequested || YieldReason is not null)
        {
            return default;
        }

        Phases.Open(session);
        (Adopted, AddedRequest) = (null, null);
        NextAddress.EndAttempt();

        // Where nothing else was requested than a session, this is it.
        Deferred = Deferred is { NeedsNewAttempt: true } ? Deferred : null;
        session.Number = ++Sessions;
        session.IsBeingLogged = true;
        return Show(reason) with { LoggedOpen = session };
    });

    /// <summary><c>HandleConnect</c> has completed.</summary>
    public Effects HandlerConnected(SessionLife session, bool holds) => Move(session, holds ? HandlerHeld : LifecycleEvent.HandlerConnected);

    /// <summary>A result releases the calls that <c>HandleConnect</c> holds back.</summary>
    public Effects Release(SessionLife session) => Move(session, LifecycleEvent.Release);

    /// <summary>The frames before ready are written: work is admitted from here on.</summary>
    public Effects FramesWritten(SessionLife session) => Locked(() =>
    {
        if (!Phases.Move(session, LifecycleEvent.FramesWritten))
        {
            return default;
        }

        session.ReadyAt = Math.Max(1, Timestamp);
        session.IsBeingLogged = true;
        IsRefused = false;
        var effects = Show("The handler is ready for calls.") with { LoggedReady = session };
        if (session.PendingEnd is not null)
        {
            Phases.Move(session, LifecycleEvent.Drain);
        }

        return Admission == Admission.Open && Work.HasWaiting ? effects with { Accepted = Work.AdmitWaiting(Admission), Wakes = true } : effects;
    });

    /// <summary>That it is open, or ready, has been logged: where the session has ended meanwhile, its end is logged now.</summary>
    public Effects Logged(SessionLife session) => Locked(() =>
    {
        session.IsBeingLogged = false;
        return new Effects { LoggedEnd = session.IsLeaving ? session : null };
    });

    /// <summary>The session is to end when what was admitted is handled.</summary>
    public Effects Drain(SessionLife session, SessionEnd end) => Locked(() => DrainNow(session, end));

    /// <summary>A close of ours begins with a goodbye; the first reason counts.</summary>
    public Effects BeginClosing(SessionLife session, SessionEnd end) => Locked(() => CloseNow(session, end));

    /// <summary>The handler chooses the close frame; not where the session has ended meanwhile.</summary>
    public void ChooseClose(SessionLife session, int code, string reason)
    {
        using (Gate.Enter())
        {
            if (session is { Ending: null, PendingEnd: { } end })
            {
                session.PendingEnd = end with { CloseCode = code, CloseReason = reason };
            }
        }
    }

    /// <summary>The handler keeps the session open after its goodbye, for the frames that still come.</summary>
    public Effects HoldClose(SessionLife session) => Locked(() =>
    {
        var hasMoved = Phases.Move(session, LifecycleEvent.HoldClose);
        session.IsSilent = session.Ending is { HandlesRest: false, HandlesLastFrames: false };
        return new Effects { HasHappened = hasMoved };
    });

    /// <summary>The handler lets the session close. What the server sends behind our close frame is handled nevertheless, where it is at all.</summary>
    public Effects ReleaseClose(SessionLife session) => Locked(() =>
    {
        var hasMoved = Phases.Move(session, LifecycleEvent.ReleaseClose);
        session.IsSilent |= hasMoved || session.Ending is { HandlesLastFrames: false };
        return new Effects { HasHappened = hasMoved };
    });

    /// <summary>The session ends; the first reason counts.</summary>
    public Effects End(SessionLife session, SessionEnd end) =>
        Locked(() => EndOrOverrule(session, end));

    /// <summary>
    /// The session ends as a callback asks for. Where it closes or has ended already, a stop and a fault take precedence over a session that was to
    /// follow, and what else is requested is for that.
    /// </summary>
    public Effects EndByHandler(SessionLife session, SessionEnd end) => Locked(() =>
        !session.IsLeaving || (end.Next is NextStep.Stop or NextStep.Fault && (session.Ending ?? session.PendingEnd) is { Next: NextStep.Reconnect }) ? EndOrOverrule(session, end)

        // While the connection stops, that is logged.
        : end.Next == NextStep.Fault ? FaultNow(end.Description, end.Exception, isPermanent: false)
        : end.IsRequested ? AmendNow(session, end)
        : default);

    /// <summary>A callback that ran without a session ends what there is: the connection, its wait or its attempt; or the session that has opened meanwhile.</summary>
    /// <param name="end">How.</param>
    public Effects EndWithoutSession(SessionEnd end) => Locked(() => (Session, end.Next) switch
    {
        ({ IsLeaving: false } session, _) => EndNow(session, end with { HandlesLastFrames = end.IsRequested }, LifecycleEvent.End),
        ({ Ending: null, PendingEnd.Next: NextStep.Reconnect } session, NextStep.Stop or NextStep.Fault) => EndNow(session, end, LifecycleEvent.End),
        (_, NextStep.Stop) => StopNow(end) with { Interrupted = Interruption.EndLife() },
        (_, NextStep.Fault) => FaultNow(end.Description, end.Exception, isPermanent: false) with { Interrupted = Interruption.EndLife() },
        (null, _) when IsEnding => default,
        (null, _) when end.Restart => new Effects { HasHappened = true, Interrupted = Interruption.EndLife() },
        (null, _) when IsMade => Defer(end),
        (null, _) => InterruptNow(end),
        ({ } session, NextStep.Reconnect) => AmendNow(session, end),
        _ => default,
    });

    /// <summary>The session ends, unless it was ready in time.</summary>
    public Effects EndUnlessReady(SessionLife session, SessionEnd end) =>
        Locked(() => EndNow(session, end, ReadyTimeout));

    /// <summary>A callback of the session is no longer waited for: the session ends, where it has not, and no callback follows that one.</summary>
    public Effects Abandon(SessionLife session) => Locked(() =>
    {
        var effects = EndNow(session, StopEnd, LifecycleEvent.End);
        session.Ending = session.Ending! with { HandlesRest = false };
        session.IsSilent = true;
        return effects;
    });

    /// <summary>Nothing of the session is left.</summary>
    public Effects Leave(SessionLife session, ConnectionFailure failure) => Locked(() =>
    {
        Phases.Leave(session);
        return RefuseOfSession(Undefer(new Effects { HasHappened = true }), failure);
    });

    /// <summary>
    /// Begins to close the session, or interrupts the attempt or the wait in its place, or after a fault begins a new life; not where the
    /// connection does not run.
    /// </summary>
    /// <param name="end">How the session ends that there is.</param>
    public Effects RequestReconnect(SessionEnd end) => Locked(() =>
    {
        if (!IsRunning)
        {
            // While Init runs, or is to follow, the first attempt comes anyway.
            return Life is LifePhase.Starting or LifePhase.Standby ? RequestFirst(end.Uri) : ReviveSoon(end);
        }

        if (Session is not { IsLeaving: false } session)
        {
            return IsMade ? Defer(end) : InterruptNow(end);
        }

        // What was prepared has the old address, perhaps, or an old token. What the session is being replaced by already becomes one first.
        var discarded = IsFollowedByMade(session) ? null : TakeCandidateNow();

        // A reload is no other request: what was to be done by the attempt is done by the next.
        end = end.HasNewOptions && discarded is not null ? end.InPlaceOf(session.PendingEnd).InPlaceOf(discarded.Request) : end;
        return CloseNow(session, end) with { Discarded = discarded };
    });

    /// <summary>After a fault, begins a new life; nothing in any other phase.</summary>
    public Effects RequestLife(SessionEnd end) => Locked(() => ReviveSoon(end));

    /// <summary>The host or a supervisor stops the connection, and closes its session with it: the first request decides how that ends.</summary>
    public Effects RequestStop(SessionEnd end) => Locked(() =>
    {
        StopRequest ??= end;
        StopRequestedAt = StopRequestedAt == 0 ? Math.Max(1, Timestamp) : StopRequestedAt;
        var effects = StopNow(StopRequest);
        if (Session is not { IsLeaving: false } session)
        {
            return effects;
        }

        // At the same moment: in a connection that is seen to stop, no callback begins but those of its close.
        var closing = CloseNow(session, StopRequest);
        return effects with { HasHappened = true, Left = closing.Left, LoggedEnd = closing.LoggedEnd, Wakes = true };
    });

    /// <summary>The connection stops; the first reason counts.</summary>
    public Effects Stop(SessionEnd end) =>
        Locked(() => StopNow(end));

    /// <summary>The connection fails permanently. While it stops, that is logged and changes nothing.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="exception">What was thrown.</param>
    /// <param name="isPermanent">Whether it is by a code that the options name as permanent.</param>
    public Effects Fault(string reason, Exception? exception, bool isPermanent = false) =>
        Locked(() => FaultNow(reason, exception, isPermanent));

    /// <summary>Everything has stopped.</summary>
    public Effects Finish(string reason) =>
        Locked(() => Phases.MoveLife(LifecycleEvent.Finish) ? Write(reason, Current.Exception) : default);

    private Effects EndOrOverrule(SessionLife session, SessionEnd end) =>
        EndNow(session, end, LifecycleEvent.End) is { HasHappened: true } ended ? ended : Overrule(session, end);

    /// <summary>A callback whose session has ended meanwhile stops or faults the connection, although that was to be followed by another.</summary>
    private Effects Overrule(SessionLife session, SessionEnd end)
    {
        if (session.Ending is not { Next: NextStep.Reconnect } || end.Next is not (NextStep.Stop or NextStep.Fault) || (Session is { } present && present != session))
        {
            return default;
        }

        // As behind every such result, no frame is handled, but for what is read anyway until the server has closed.
        session.IsSilent |= !session.Ending.HandlesLastFrames;
        return end.Next == NextStep.Stop ? StopNow(end) : FaultNow(end.Description, end.Exception, isPermanent: false);
    }
}
