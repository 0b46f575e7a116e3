using Late.Hosting.Simulation.Worlds;

namespace Late.Hosting.Simulation.Checks;

/// <summary>
/// Follows what comes of an exception that no caller gets (promise P2): a word in the log, and what <c>HandlerErrors</c> specifies.
/// </summary>
internal sealed class Errors(Subject subject)
{
    private int _thrown;
    private int _endsSession;
    private int _endsLifeOf;

    /// <summary>True from an error that ends the handler's life, and not the connection, to the next life.</summary>
    public bool EndsLife { get; private set; }

    /// <summary>True in a life that follows an error.</summary>
    public bool BeganLife { get; private set; }

    private LateHandlerErrorBehavior Policy => subject.Options.HandlerErrors;

    /// <summary>A callback of a session is about to throw, or to return a result that cannot be applied. An error of a call is its caller's, one of a stream or a subscription its reader's.</summary>
    public void OnFailing(string callback, int session, bool throws)
    {
        if (callback is "Call" or "Stream" or "Subscribe")
        {
            return;
        }

        _endsLifeOf = Policy == LateHandlerErrorBehavior.Restart ? session : _endsLifeOf;
        if (throws && callback != "Connect")
        {
            OnThrown(session);
        }
    }

    /// <summary>A callback of a message or a post is about to throw.</summary>
    /// <param name="session">The session; zero for none.</param>
    public void OnThrown(int session)
    {
        _thrown++;
        _endsSession = Policy == LateHandlerErrorBehavior.Continue ? 0 : session;
    }

    /// <summary>Also an error whose session ended already, for another reason.</summary>
    public void OnDisconnected(int session, LateDisconnect disconnect) =>
        EndsLife = (disconnect.Reason == LateDisconnectReason.HandlerError && Policy == LateHandlerErrorBehavior.Restart) || session == _endsLifeOf;

    /// <summary>A new handler is made.</summary>
    public void OnLife() => (BeganLife, EndsLife) = (EndsLife, false);

    public void OnInit() => subject.Verdict.Require(
        !BeganLife || subject.Client.State is not (LateConnectionState.Stopping or LateConnectionState.Stopped), "P3", $"the life after an error begins, and the connection is {subject.Client.State}");

    public void OnConnect() => subject.Verdict.Require(!EndsLife, "P2", $"the handler connects again after its error, and a new life was to begin");

    public void OnTerminate(LateTerminateReason reason) => subject.Verdict.Require(
        reason.Kind != LateTerminateKind.HandlerError || EndsLife, "P2", $"the handler terminates by an error, and none has ended its life: {reason.Description}");

    /// <summary>With nothing else to do: a session that has to end has at least begun to.</summary>
    public void CheckNow()
    {
        if (subject.Session is { Wire: { IsDisposed: false, IsOver: false, BlockedSince: null }, ClientClosedAt: null } session)
        {
            var isUntouched = session.Number == _endsSession && subject.Client.State == LateConnectionState.Ready && subject.Life.Running is null;
            subject.Verdict.Require(!isUntouched, "P2", $"a callback threw, and session {session.Number} continues though HandlerErrors is {Policy}");
        }
    }

    public void CheckOver() => subject.Verdict.Require(
        subject.Logs.Count(10) >= _thrown || subject.Logs.HasAbandoned || subject.HasHung, "P2", $"callbacks threw {_thrown} times, and the log has {subject.Logs.Count(10)}");
}
