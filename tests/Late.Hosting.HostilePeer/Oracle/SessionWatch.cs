using Late.Hosting.HostilePeer.Scripts;

namespace Late.Hosting.HostilePeer.Oracle;

/// <summary>Looks at open sessions again and again: callbacks run, timers fire, and what is not ready ends (promises P7 and P16).</summary>
internal sealed class SessionWatch(Facts facts)
{
    public void Look()
    {
        if (facts.IsEnding)
        {
            return;
        }

        foreach (var session in facts.Sessions)
        {
            if (session is { IsOver: false, UpgradedAt: > 0 })
            {
                Look(session);
            }
        }
    }

    private void Look(SessionFacts session)
    {
        var (now, options) = (Control.Now, facts.Script.Client);
        var what = session.Step is { Kind: StepKind.Flood } flood ? $"under a flood of {flood.Flood}" : $"while the peer does {session.Step?.Kind}";
        if (session.ConnectedAt == 0)
        {
            // What an earlier session's callback keeps busy waits for it.
            if (!facts.Gate.IsClosedAndReached && now - Math.Max(session.UpgradedAt, facts.Gate.OpenedAt) > Control.Slack)
            {
                End(session, "P16", $"HandleConnect has not run {what}");
            }
        }
        else if (session.Number == 1 && facts.Script.Handler.Login is LoginKind.Never && now - session.UpgradedAt > Control.Ticks(options.ReadyTimeout + options.CloseTimeout) + Control.Slack)
        {
            End(session, "P7", $"ReadyTimeout has not ended a session that is never ready {what}");
        }
        else if (session.Disconnect is null && !facts.Gate.IsClosedAndReached && options.SendLimitFrames == 0
            && now - Math.Max(session.BeatAt, facts.Gate.OpenedAt) > Control.Slack + Control.Ticks(options.SendTimeout + options.CloseTimeout))
        {
            End(session, "P16", $"a timer of the handler has not fired {what}");
        }
    }

    private void End(SessionFacts session, string promise, string what)
    {
        facts.Break(promise, what);
        (session.IsOver, facts.IsHopeless) = (true, true);
    }
}
