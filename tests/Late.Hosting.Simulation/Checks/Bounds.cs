using Late.Hosting.Simulation.Network;
using Late.Hosting.Simulation.Worlds;

namespace Late.Hosting.Simulation.Checks;

/// <summary>What must be so whenever a world has nothing else to do: nothing grows, nothing waits for too long (promises P8, P9 and P11).</summary>
internal sealed class Bounds(Subject subject)
{
    private int _session;
    private int _handled;
    private (int Session, int Messages) _read;
    private TimeSpan _readAt;

    public void OnHandled(int session, int messages) => (_session, _handled) = (session, messages);

    public void CheckNow()
    {
        if (subject.Session is not { Wire.IsDisposed: false } session)
        {
            return;
        }

        var (verdict, options, now) = (subject.Verdict, subject.Options, subject.Time.Elapsed);
        CheckUnhandled(session);
        CheckData(session);
        verdict.Require(!session.HasUnansweredPing, "P8", $"session {session.Number} has read a ping, and answered neither it nor a newer one");

        // A connection that waits to become a session is read, and not pinged.
        var silentSince = session.Wire.SilentSince < session.BegunAt ? session.BegunAt : session.Wire.SilentSince;
        verdict.Require(
            !(now - silentSince > options.KeepAliveInterval + options.KeepAliveTimeout + subject.Time.Slack), "P11", $"session {session.Number} has been silent since {silentSince}");
        verdict.Require(
            !(now - session.ClientClosedAt > options.CloseTimeout + subject.Time.Slack), "P9", $"session {session.Number} closes since {session.ClientClosedAt}");
    }

    /// <summary>A close begins because no message has come.</summary>
    public void OnDataTimeout() => subject.Verdict.Require(
        subject.Session is not { HasSentMany: false } || subject.Time.Elapsed - _readAt >= subject.Options.DataTimeout - subject.Time.Slack, "P18", $"a session is closed for DataTimeout, and its last message was read at {_readAt}");

    private void CheckData(ServerSession session)
    {
        var read = (session.Number, session.ReadMessages);
        (_read, _readAt) = read == _read ? (_read, _readAt) : (read, subject.Time.Elapsed);
        var isOpen = !session.HasSentMany && subject.Client.State is (LateConnectionState.Connected or LateConnectionState.Ready);
        var limit = subject.Options.DataTimeout + subject.Time.Slack;
        subject.Verdict.Require(
            !(isOpen && subject.Time.Elapsed - session.Wire.SilentSince > limit && subject.Time.Elapsed - _readAt > limit), "P18", $"session {session.Number} continues, and its last message was read at {_readAt}");
    }

    private void CheckUnhandled(ServerSession session)
    {
        // What is read after the end is dropped immediately, and not seen from here.
        if (session.ClientClosedAt is not null || subject.Client.Status.State is not (LateConnectionState.Connected or LateConnectionState.Ready))
        {
            return;
        }

        var unhandled = session.UnhandledBytes(session.Number == _session ? _handled : 0);
        var most = subject.Options.ReceiveBufferBytes + session.Slack;
        subject.Verdict.Require(unhandled <= most, "P8", $"session {session.Number} has read {unhandled} bytes ahead of its handler, more than {most}");
    }
}
