using static Late.Hosting.Connection.Lifecycle.LifecycleEvent;
using static Late.Hosting.Connection.Lifecycle.LifePhase;
using static Late.Hosting.Connection.Lifecycle.SessionPhase;
using Event = Late.Hosting.Connection.Lifecycle.LifecycleEvent;
using Life = Late.Hosting.Connection.Lifecycle.LifePhase;
using Phase = Late.Hosting.Connection.Lifecycle.SessionPhase;

namespace Late.Hosting.Simulation.Running;

/// <summary>The pairs of phase and event that no world can have, each with the reason. The tests of the lifecycle have all of them.</summary>
internal static class UnwantedPairs
{
    private const string Lease = "no connection has a lease yet";
    private const string Race = "it takes two threads in one moment";
    private const string FirstAttempt = "an error of a post raises it, and the first attempt begins in the moment in which posts may run: it takes two threads";
    private const string NoHandler = "nothing of a handler runs that could fault the connection, and no attempt fails";
    private const string Asked = "its caller looks at the phase first: it takes two threads in one moment";
    private const string OneSwitch = "one connection is made at a time, and is adopted or discarded before the next";
    private const string Once = "only the result of HandleClosing holds, and it comes once";
    private const string Key = "a supervised connection is retired when its key is free again, and nothing of it runs then";

    private static readonly Dictionary<(string, string), string> s_reasons = new[]
    {
        Pair(Life.NotStarted, Event.Standby, Lease),
        Pair(Life.Standby, Event.Standby, Lease),
        Pair(Restarting, Event.Standby, Lease),
        Pair(Faulted, Event.Standby, Lease),
        Pair(Stopping, Event.Standby, Lease),
        Pair(Stopped, Event.Standby, Lease),
        Pair(Life.Standby, Start, Lease),
        Pair(Life.Standby, Stop, Lease),
        Pair(Life.Standby, Fault, Lease),

        Pair(Stopping, Start, Race),
        Pair(Stopped, Start, Race),
        Pair(Faulted, BeginAttempt, Race),
        Pair(Stopping, BeginAttempt, Race),
        Pair(Stopped, BeginAttempt, Race),
        Pair(Stopping, Revive, Race),
        Pair(Stopped, Revive, Race),
        Pair(Stopping, EndLife, Race),
        Pair(Stopped, EndLife, Race),
        Pair(Faulted, EndLife, Race),
        Pair(Stopping, BeginLife, Race),
        Pair(Stopped, BeginLife, Race),
        Pair(Stopped, Initialized, Race),
        Pair(Starting, EndLife, FirstAttempt),
        Pair(Restarting, Fault, NoHandler),
        Pair(Retired, Fault, Key),
        Pair(Retired, Finish, Key),
        Pair(Retired, Stop, Key),
        Pair(Retired, Retire, Key),
        Pair(Stopping, Retire, Key),

        Pair(Pending, Detach, OneSwitch),
        Pair(Candidate, Detach, OneSwitch),
        Pair(Closing, Drain, Asked),
        Pair(HeldClose, Drain, Asked),
        Pair(Closed, Drain, Asked),
        Pair(Closing, FramesWritten, Asked),
        Pair(HeldClose, FramesWritten, Asked),
        Pair(Closed, FramesWritten, Asked),
        Pair(Closing, ReleaseClose, Asked),
        Pair(HeldClose, HoldClose, Once),
    }.ToDictionary(static row => (row.Phase, row.Event), static row => row.Why);

    /// <summary>Why a pair is not wanted; null where it is.</summary>
    public static string? Why(string phase, string lifecycleEvent) => s_reasons.GetValueOrDefault((phase, lifecycleEvent));

    private static (string Phase, string Event, string Why) Pair(Life phase, Event lifecycleEvent, string why) => ($"life    {phase}", $"{lifecycleEvent}", why);

    private static (string Phase, string Event, string Why) Pair(Phase phase, Event lifecycleEvent, string why) => ($"session {phase}", $"{lifecycleEvent}", why);
}
