using Late.Hosting.Connection.Mailboxes;

namespace Late.Hosting.Connection.Lifecycle;

/// <summary>The events that end a life of a handler, and begin the next, while the connection and its client stay.</summary>
/// <param name="name">The connection's name.</param>
/// <param name="time">The connection's clock.</param>
/// <param name="work">The work that phases admit and refuse.</param>
/// <param name="stopEnd">How a session ends at a stop that was not requested.</param>
/// <param name="restarts">Whether a new life follows a fault after a delay; null where none follows, whatever is requested.</param>
internal abstract class LifeTransitions(string name, TimeProvider time, WorkQueues work, SessionEnd stopEnd, Func<bool, bool>? restarts)
    : CandidateTransitions(name, time, work, stopEnd, restarts)
{
    /// <summary>
    /// The connection does not own its lease: it waits for it, until <see cref="ConnectionLifecycle.Start"/>. Between lives, and also where it
    /// does so already and another reason is shown; not where the connection ends.
    /// </summary>
    public Effects StandBy(string reason) => Locked(() =>
    {
        if (Session is not null)
        {
            throw Phases.Illegal(LifecycleEvent.Standby, Phase);
        }

        var wasStandby = Life == LifePhase.Standby;
        Phases.MoveLife(LifecycleEvent.Standby);
        if (Life != LifePhase.Standby)
        {
            return default;
        }

        if (wasStandby)
        {
            History.Amend(LateConnectionState.Standby, status => status with { Reason = reason });
            return default;
        }

        DropLastLife();
        return Write(reason, null, attempt: 0) with { EndsStart = true, EndsLife = true, Discarded = TakeCandidateNow() };
    });

    /// <summary>
    /// The lease is over, or comes to its end: what there is of a session ends, an attempt or a wait is interrupted, and the life ends. Where the
    /// connection ends anyway, only its session is ended, and only where nothing may be written any more.
    /// </summary>
    public Effects Yield(SessionEnd end) => Locked(() =>
    {
        if (Life is LifePhase.NotStarted or LifePhase.Standby)
        {
            return default;
        }

        var effects = Session switch
        {
            { Ending: null } session when !end.CanWrite => EndNow(session, end, LifecycleEvent.End),
            { IsLeaving: false } session when !IsEnding => CloseNow(session, end),
            _ => default,
        };
        if (IsEnding || YieldReason is not null)
        {
            return effects;
        }

        YieldReason = end.Description;
        return effects with { HasHappened = true, Interrupted = Interruption.EndLife(), Discarded = effects.Discarded ?? TakeCandidateNow() };
    });

    /// <summary>
    /// An error of the handler ends its life, and not the connection: what it has posted, or was posted to it, ends with it. Between sessions;
    /// not where the connection ends.
    /// </summary>
    public Effects EndLife() => Locked(() =>
    {
        if (Life == LifePhase.Running && Phase != SessionPhase.None)
        {
            throw Phases.Illegal(LifecycleEvent.EndLife, Phase);
        }

        if (!Phases.MoveLife(LifecycleEvent.EndLife))
        {
            return default;
        }

        var discarded = TakeCandidateNow();
        Adopted = null;
        var effects = Undefer();
        NextAddress.EndLife();
        return effects with
        {
            HasHappened = true,
            EndsLife = true,
            Refused = Work.RemoveAdmitted(),
            Failure = ConnectionFailure.NotReady(this, "To wait for the next handler, set WhenNotReady = Wait."),
            Discarded = discarded,
        };
    });

    /// <summary>The next life after it begins, and <c>Init</c> follows; not where the connection ends.</summary>
    public Effects BeginLife() => Locked(() =>
    {
        if (!Phases.MoveLife(LifecycleEvent.BeginLife))
        {
            return default;
        }

        Lives++;
        History.BeginLife();

        // The last handler may have begun delayed posts while it terminated.
        return new Effects { HasHappened = true, EndsLife = true };
    });

    /// <summary><c>Init</c> of that life has completed: what needs no session runs.</summary>
    public Effects Initialized() => Locked(() =>
        Phases.MoveLife(LifecycleEvent.Initialized) ? new Effects { HasHappened = true, Accepted = Work.AdmitWaiting(Admission), Wakes = true } : default);

    /// <summary>A new life begins after a fault; not where the connection ends.</summary>
    public Effects Revive() => Locked(() =>
    {
        if (Session is not null)
        {
            throw Phases.Illegal(LifecycleEvent.Revive, Phase);
        }

        if (!Phases.MoveLife(LifecycleEvent.Revive))
        {
            return default;
        }

        DropLastLife();
        Lives++;
        return Write("A new life begins, and Init runs.", null, attempt: 0);
    });

    /// <summary>No new life follows a fault.</summary>
    public Effects Retire() =>
        Locked(() => Phases.MoveLife(LifecycleEvent.Retire) ? new Effects { HasHappened = true, PublishesStatus = true } : default);

    /// <summary>Nothing that belongs to the last life is left.</summary>
    private void DropLastLife()
    {
        if (Phase == SessionPhase.Connecting)
        {
            // An attempt that the end of the life has cut short.
            Phases.MoveVacancy(LifecycleEvent.FailAttempt);
        }

        (IsFaultLogged, IsRefused, YieldReason) = (false, false, null);
        NextAddress.EndAttempt();
        Interruption.Reset();
        History.BeginLife();
    }
}
