using static Late.Hosting.Connection.Lifecycle.LifecycleEvent;
using static Late.Hosting.Connection.Lifecycle.LifePhase;
using static Late.Hosting.Connection.Lifecycle.SessionPhase;
using Event = Late.Hosting.Connection.Lifecycle.LifecycleEvent;
using Life = Late.Hosting.Connection.Lifecycle.LifePhase;
using Phase = Late.Hosting.Connection.Lifecycle.SessionPhase;

namespace Late.Hosting.Simulation.Running;

/// <summary>The pairs of phase and event that no world can have, or hardly one, each with the reason. The tests of the lifecycle have all of them.</summary>
internal static class UnwantedPairs
{
    private const string Race = "it takes two threads in one moment";
    private const string OneStep = "the store's answer and the stop come in one step of the world";
    private const string NoHandler = "nothing of a handler runs that could fault the connection, and no attempt fails";
    private const string NotOwned = "nothing of a handler runs that could fault the connection, before its host has the lease";
    private const string Asked = "its caller looks at the phase first: it takes two threads in one moment";
    private const string OneSwitch = "one connection is made at a time, and is adopted or discarded before the next";
    private const string Once = "only the result of HandleClosing holds, and it comes once";
    private const string Key = "a supervised connection is retired when its key is free again, and nothing of it runs then";

    private static readonly Dictionary<(string, string), string> s_reasons = new[]
    {
        Pair(Stopping, Event.Standby, OneStep),
        Pair(Stopped, Event.Standby, Race),
        Pair(Life.Standby, Fault, NotOwned),

        Pair(Stopping, Start, Race),
        Pair(Stopped, Start, Race),
        Pair(Faulted, BeginAttempt, Race),
        Pair(Stopping, BeginAttempt, Race),
        Pair(Stopped, BeginAttempt, Race),
        Pair(Stopping, Revive, Race),
        Pair(Stopped, Revive, Race),
        Pair(Stopped, EndLife, Race),
        Pair(Stopping, BeginLife, Race),
        Pair(Stopped, BeginLife, Race),
        Pair(Stopped, Initialized, Race),
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

    /// <summary>True where a pair is not wanted often, and may come.</summary>
    public static bool MayCome(string why) => why == OneStep;

    /// <summary>Why a pair is not wanted; null where it is.</summary>
    public static string? Why(string phase, string lifecycleEvent) => s_reasons.GetValueOrDefault((phase, lifecycleEvent));

    private static (string Phase, string Event, string Why) Pair(Life phase, Event lifecycleEvent, string why) => ($"life    {phase}", $"{lifecycleEvent}", why);

    private static (string Phase, string Event, string Why) Pair(Phase phase, Event lifecycleEvent, string why) => ($"session {phase}", $"{lifecycleEvent}", why);
}
