using System.Collections.Frozen;
using static Late.Hosting.Connection.Lifecycle.LifecycleEvent;
using Life = Late.Hosting.Connection.Lifecycle.LifePhase;
using Phase = Late.Hosting.Connection.Lifecycle.SessionPhase;

namespace Late.Hosting.Connection.Lifecycle;

/// <summary>
/// Which phase follows which, by what. A pair that is not here is a bug. Where the phase stays the same, the event comes late or
/// twice, and nothing follows from it.
/// </summary>
internal static class TransitionTable
{
    /// <summary>The life of a connection.</summary>
    public static FrozenDictionary<(Life From, LifecycleEvent Event), Life> OfConnection { get; } = Build<Life>(
    [
        ([Life.NotStarted, Life.Standby, Life.Restarting, Life.Faulted], Standby, Life.Standby),
        ([Life.Stopping], Standby, Life.Stopping),
        ([Life.Stopped], Standby, Life.Stopped),
        ([Life.NotStarted, Life.Standby], Start, Life.Starting),
        ([Life.Stopping], Start, Life.Stopping),
        ([Life.Stopped], Start, Life.Stopped),

        ([Life.Starting, Life.Running], BeginAttempt, Life.Running),
        ([Life.Stopping], BeginAttempt, Life.Stopping),
        ([Life.Stopped], BeginAttempt, Life.Stopped),
        ([Life.Faulted], BeginAttempt, Life.Faulted),

        ([Life.NotStarted, Life.Standby, Life.Starting, Life.Running, Life.Restarting, Life.Initializing, Life.Stopping, Life.Faulted], Stop, Life.Stopping),
        ([Life.Stopped], Stop, Life.Stopped),
        ([Life.Retired], Stop, Life.Retired),
        ([Life.Stopping, Life.Stopped], Finish, Life.Stopped),
        ([Life.Retired], Finish, Life.Retired),

        ([Life.Standby, Life.Starting, Life.Running, Life.Restarting, Life.Initializing, Life.Faulted], Fault, Life.Faulted),
        ([Life.Stopping], Fault, Life.Stopping),
        ([Life.Stopped], Fault, Life.Stopped),
        ([Life.Retired], Fault, Life.Retired),

        ([Life.Starting, Life.Running], EndLife, Life.Restarting),
        ([Life.Restarting], BeginLife, Life.Initializing),
        ([Life.Initializing], Initialized, Life.Running),
        ([Life.Stopping], EndLife, Life.Stopping),
        ([Life.Stopping], BeginLife, Life.Stopping),
        ([Life.Stopping], Initialized, Life.Stopping),
        ([Life.Stopped], EndLife, Life.Stopped),
        ([Life.Stopped], BeginLife, Life.Stopped),
        ([Life.Stopped], Initialized, Life.Stopped),
        ([Life.Faulted], EndLife, Life.Faulted),

        ([Life.Faulted], Revive, Life.Starting),
        ([Life.Stopping], Revive, Life.Stopping),
        ([Life.Stopped], Revive, Life.Stopped),
        ([Life.Faulted], Retire, Life.Retired),
        ([Life.Stopping], Retire, Life.Stopping),
        ([Life.Stopped], Retire, Life.Stopped),
        ([Life.Retired], Retire, Life.Retired),
    ]);

    /// <summary>The life of a session, of what stands in its place, and of the connection that is prepared to follow it.</summary>
    public static FrozenDictionary<(Phase From, LifecycleEvent Event), Phase> OfSession { get; } = Build<Phase>(
    [
        ([Phase.None], BeginAttempt, Phase.Connecting),
        ([Phase.Connecting], FailAttempt, Phase.None),
        ([Phase.Connecting], Open, Phase.Opening),

        ([Phase.None, Phase.Pending, Phase.Candidate], Detach, Phase.Pending),
        ([Phase.Pending], Prepare, Phase.Candidate),
        ([Phase.Pending, Phase.Candidate], Take, Phase.None),

        ([Phase.Opening], HandlerConnected, Phase.Releasing),
        ([Phase.Opening], HandlerHeld, Phase.Held),
        ([Phase.Closing], HandlerConnected, Phase.Closing),
        ([Phase.Closing], HandlerHeld, Phase.Closing),
        ([Phase.Closed], HandlerConnected, Phase.Closed),
        ([Phase.Closed], HandlerHeld, Phase.Closed),

        ([Phase.Held, Phase.Releasing], Release, Phase.Releasing),
        ([Phase.Releasing], FramesWritten, Phase.Ready),
        ([Phase.Ready], Release, Phase.Ready),
        ([Phase.Draining], Release, Phase.Draining),
        ([Phase.Closing], Release, Phase.Closing),
        ([Phase.HeldClose], Release, Phase.HeldClose),
        ([Phase.Closed], Release, Phase.Closed),
        ([Phase.Closing], FramesWritten, Phase.Closing),
        ([Phase.HeldClose], FramesWritten, Phase.HeldClose),
        ([Phase.Closed], FramesWritten, Phase.Closed),

        // One that is not ready yet drains once it is: what waits for it waits for the next.
        ([Phase.Opening], Drain, Phase.Opening),
        ([Phase.Held], Drain, Phase.Held),
        ([Phase.Releasing], Drain, Phase.Releasing),
        ([Phase.Ready, Phase.Draining], Drain, Phase.Draining),
        ([Phase.Closing], Drain, Phase.Closing),
        ([Phase.HeldClose], Drain, Phase.HeldClose),
        ([Phase.Closed], Drain, Phase.Closed),

        ([Phase.Opening, Phase.Held, Phase.Releasing, Phase.Ready, Phase.Draining, Phase.Closing], BeginClosing, Phase.Closing),
        ([Phase.HeldClose], BeginClosing, Phase.HeldClose),
        ([Phase.Closed], BeginClosing, Phase.Closed),
        ([Phase.Closing, Phase.HeldClose], HoldClose, Phase.HeldClose),
        ([Phase.Closing, Phase.HeldClose], ReleaseClose, Phase.Closing),
        ([Phase.Closed], HoldClose, Phase.Closed),
        ([Phase.Closed], ReleaseClose, Phase.Closed),

        ([Phase.Opening, Phase.Held, Phase.Releasing, Phase.Closed], ReadyTimeout, Phase.Closed),
        ([Phase.Ready], ReadyTimeout, Phase.Ready),
        ([Phase.Draining], ReadyTimeout, Phase.Draining),
        ([Phase.Closing], ReadyTimeout, Phase.Closing),
        ([Phase.HeldClose], ReadyTimeout, Phase.HeldClose),
        ([Phase.Opening, Phase.Held, Phase.Releasing, Phase.Ready, Phase.Draining, Phase.Closing, Phase.HeldClose, Phase.Closed], End, Phase.Closed),
        ([Phase.Closed], Leave, Phase.None),
    ]);

    private static FrozenDictionary<(TPhase From, LifecycleEvent Event), TPhase> Build<TPhase>((TPhase[] Phases, LifecycleEvent Event, TPhase To)[] rows)
        where TPhase : struct, Enum =>
        rows.SelectMany(static row => row.Phases.Select(from => (Key: (from, row.Event), row.To))).ToFrozenDictionary(static pair => pair.Key, static pair => pair.To);
}
