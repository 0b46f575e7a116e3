using Late.Hosting.HostilePeer.Oracle;

namespace Late.Hosting.HostilePeer.Peer;

/// <summary>
/// A flood continues until the client has shown, during it, that callbacks run, timers fire and calls end; or until it is clear
/// that it does not.
/// </summary>
internal sealed class FloodGoal(Facts facts, SessionFacts session)
{
    private const int LeastTicks = 10;
    private const int Beats = 2;

    private readonly long _began = Control.Now;

    public bool IsReached
    {
        get
        {
            var ticks = Control.Now - _began;
            if (session.Step!.ToTheEnd)
            {
                return false;
            }

            var isServed = session.Beats >= session.BeatsBefore + Beats && (facts.Calls.Ended > session.CallsBefore || !facts.Script.Callers.Calls);
            return ticks > LeastTicks && (isServed || ticks > 3 * Control.Slack);
        }
    }
}
