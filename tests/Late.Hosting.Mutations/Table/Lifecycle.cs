namespace Late.Hosting.Mutations.Table;

/// <summary>The one owner of a connection's life: its transitions, its lock, and what its events leave to do.</summary>
internal static class Lifecycle
{
    public static IEnumerable<Mutation> Mutations => [.. Transitions, .. Guards, .. Events, .. Work, .. Outside];

    private static IEnumerable<Mutation> Transitions =>
    [
        new("late-fault-overrides-a-stop", "§3: a stopping connection does not fault", Finder.Model,
            new Edit("TransitionTable.cs", "([Life.Stopping], Fault, Life.Stopping)", "([Life.Stopping], Fault, Life.Faulted)")),
        new("stopped-connection-stops-again", "§3: nothing follows Stopped", Finder.Model,
            new Edit("TransitionTable.cs", "([Life.Stopped], Stop, Life.Stopped)", "([Life.Stopped], Stop, Life.Stopping)")),
        new("released-session-is-ready-before-its-frames", "P7: ready is later than the frames of HandleConnect", Finder.Model,
            new Edit("TransitionTable.cs", "([Phase.Held, Phase.Releasing], Release, Phase.Releasing)", "([Phase.Held, Phase.Releasing], Release, Phase.Ready)")),
        new("ready-timeout-ends-a-ready-session", "P7: ReadyTimeout is for sessions that are not ready", Finder.Model,
            new Edit("TransitionTable.cs", "([Phase.Ready], ReadyTimeout, Phase.Ready)", "([Phase.Ready], ReadyTimeout, Phase.Closed)")),
        new("closed-session-becomes-ready", "§3: nothing follows the end of a session but the next", Finder.Model,
            new Edit("TransitionTable.cs", "([Phase.Closed], FramesWritten, Phase.Closed)", "([Phase.Closed], FramesWritten, Phase.Ready)")),
        new("draining-session-takes-work-again", "P18: nothing is admitted behind a drain", Finder.Model,
            new Edit("TransitionTable.cs", "([Phase.Draining], Release, Phase.Draining)", "([Phase.Draining], Release, Phase.Ready)")),
    ];

    // One thread alone sees no difference.
    private static IEnumerable<Mutation> Guards =>
    [
        new("session-ends-without-the-lock", "one owner: two concurrent ends are one", Finder.Model,
            new Edit("ConnectionLifecycle.cs", "Locked(() => EndOrOverrule(session, end));", "EndOrOverrule(session, end);")),
        new("stop-without-the-lock", "one owner: a concurrent stop and end", Finder.Model,
            new Edit("ConnectionLifecycle.cs", "Locked(() => StopNow(end));", "StopNow(end);")),
        new("fault-without-the-lock", "one owner: a fault is logged once", Finder.Model,
            new Edit("ConnectionLifecycle.cs", "Locked(() => FaultNow(reason, exception, isPermanent));", "FaultNow(reason, exception, isPermanent);")),
    ];

    private static IEnumerable<Mutation> Events =>
    [
        new("later-stop-request-decides", "P9: the first stop determines how the session ends", Finder.Model,
            new Edit("ConnectionLifecycle.cs", "StopRequest ??= end; StopRequestedAt", "StopRequest = end; StopRequestedAt")),
        new("request-for-a-session-is-lost-in-an-attempt", "§1: ReconnectAsync connects again", Finder.Model,
            new Edit("ConnectionLifecycle.cs", "if (IsEnding || Interruption.IsRequested || YieldReason is not null)", "if (IsEnding || YieldReason is not null)")),
        new("request-for-a-session-is-never-over", "P10: one request, one new session", Finder.Model,
            new Edit("Interruption.cs", "(_source, IsRequested, After) = (new CancellationTokenSource(), false, null);", "(_source, After) = (new CancellationTokenSource(), null);")),
        new("drain-before-ready-is-ignored", "P18: a session that is to be replaced takes no work", Finder.Model,
            new Edit("ConnectionLifecycle.cs", "if (session.PendingEnd is not null) { Phases.Move(session, LifecycleEvent.Drain); }", "")),
        new("waiting-work-is-not-admitted", "P7: calls that wait are admitted when the session is ready", Finder.Model,
            new Edit("ConnectionLifecycle.cs", "return Admission == Admission.Open && Work.HasWaiting ? effects with { Accepted = Work.AdmitWaiting(Admission), Wakes = true } : effects;", "return Admission == Admission.Open && Work.HasWaiting ? effects with { Wakes = true } : effects;")),
        new("candidate-follows-an-ended-session", "§2a: a prepared connection follows an open session only", Finder.Model,
            new Edit("LifecycleTransitions.cs", "session == Session && !session.IsLeaving;", "session == Session;")),
        new("new-life-remembers-its-refusal", "P15: a new life begins without it", Finder.Model,
            new Edit("LifeTransitions.cs", "(IsFaultLogged, IsRefused, YieldReason) = (false, false, null);", "(IsFaultLogged, YieldReason) = (false, null);")),
        new("session-ends-twice", "P3: every session ends once", Finder.Model,
            new Edit("LifecycleTransitions.cs", "var before = session.Phase; if (!Phases.Move(session, lifecycleEvent)) { return default; }", "var before = session.Phase; Phases.Move(session, lifecycleEvent);")),
        new("fault-is-logged-twice", "P15: a fault is logged once", Finder.Model,
            new Edit("LifecycleTransitions.cs", "IsFaultLogged = true;", "")),
        new("end-is-logged-before-ready", "the log is in order", Finder.Model,
            new Edit("LifecycleTransitions.cs", "Left = session, LoggedEnd = session.IsBeingLogged ? null : session, Wakes", "Left = session, LoggedEnd = session, Wakes")),
        new("loss-hides-a-stop", "P15: the terminal state is visible", Finder.Model,
            new Edit("LifecycleTransitions.cs", "Life == LifePhase.Running ? Write(reason, exception, attempt)", "Life != LifePhase.Stopped ? Write(reason, exception, attempt)")),
        new("ready-time-is-not-measured", "P10: a session that stayed ready for StableAfter is stable", Finder.Simulation,
            new Edit("LifecycleTransitions.cs", "ReadyFor = session.WasReady ? Time.GetElapsedTime(session.ReadyAt, Timestamp) : null,", "ReadyFor = session.WasReady ? TimeSpan.Zero : null,")),
    ];

    private static IEnumerable<Mutation> Work =>
    [
        new("draining-session-admits", "P18: nothing is admitted behind a drain", Finder.Model,
            new Edit("LifecycleState.cs", "SessionPhase.Draining => Admission.Draining,", "SessionPhase.Draining => Admission.Open,")),
        new("stop-leaves-the-queue", "P5: a stop ends all work that waits", Finder.Model,
            new Edit("LifecycleTransitions.cs", "Refused = Work.RemoveAll(), Failure = ConnectionFailure.Stopped,", "")),
        new("ended-session-keeps-its-work", "P5: what was admitted ends with its session", Finder.Model,
            new Edit("LifecycleTransitions.cs", "Refused = Work.RemoveOfSession(), Failure = failure,", "")),
        new("work-overtakes-what-waits", "P1: in the order in which they came", Finder.Model,
            new Edit("WorkQueues.cs", "mayEnter && FirstWaiting(admission) is null && _taken < Capacity", "mayEnter && (FirstWaiting(admission) is not null || _taken < Capacity)")),
        new("room-is-never-given-back", "P8: the mailbox has a capacity, not a number of items", Finder.Simulation,
            new Edit("WorkQueues.cs", "_taken--; return AdmitWaiting(admission);", "return AdmitWaiting(admission);")),
        new("mailbox-has-no-capacity", "P8: the mailbox has a capacity", Finder.Model,
            new Edit("WorkQueues.cs", "FirstWaiting(admission) is null && _taken < Capacity", "FirstWaiting(admission) is null")),
        new("work-that-would-not-wait-waits", "P7: WhenNotReady = Fail", Finder.Model,
            new Edit("WorkQueues.cs", "if (admission == Admission.Over || (!mayEnter && admission is Admission.NotReady or Admission.NotInitialized && item.WhenNotReady == LateWhenNotReady.Fail))", "if (admission == Admission.Over)")),
        new("work-that-would-not-wait-outlives-its-session", "P7: WhenNotReady = Fail", Finder.Simulation,
            new Edit("WorkQueues.cs", "_waiting.RemoveOfSession(static item => item.EndsWithSession, admitted);", "")),
    ];

    private static IEnumerable<Mutation> Outside =>
    [
        new("watchers-are-not-notified", "§3: WatchAsync shows every change", Finder.Simulation,
            new Edit("EffectRunner.cs", "connection.Watchers.Publish();", "")),
        new("watchers-see-a-change-twice", "§3: no duplicates", Finder.Simulation,
            new Edit("StatusWatchers.cs", "Deliver(); changes.Writer.TryWrite(_delivered.Latest);", "changes.Writer.TryWrite(lifecycle.Current);")),
        new("watcher-begins-with-a-past-state", "§3: WatchAsync begins with the present state", Finder.Simulation,
            new Edit("StatusWatchers.cs", "Deliver(); changes.Writer.TryWrite(_delivered.Latest);", "changes.Writer.TryWrite(_delivered.Latest);")),
        new("watchers-never-end", "P15: nothing follows Stopped", Finder.Simulation,
            new Edit("StatusWatchers.cs", "isLast |= next.Status.State == LateConnectionState.Stopped;", "")),
        new("refused-work-is-not-notified", "P5: every call ends", Finder.Simulation,
            new Edit("EffectRunner.cs", "item.Refuse(failure);", "")),
        new("prepared-connection-stays-open", "P9: a stop closes all sockets", Finder.Simulation,
            new Edit("EffectRunner.cs", "Discard(effects.Discarded);", "")),
        new("runner-is-not-woken", "P9: a stop ends", Finder.Simulation,
            new Edit("EffectRunner.cs", "if (effects.Wakes) { connection.Mailbox.Wake(); }", "")),
        new("interrupted-attempt-continues", "§1: ReconnectAsync does not wait for a backoff", Finder.Simulation,
            new Edit("EffectRunner.cs", "Canceled(effects.Interrupted?.CancelAsync());", "")),
    ];
}
