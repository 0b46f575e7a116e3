using Late.Hosting.Simulation.Network;
using Late.Hosting.Simulation.Worlds;

namespace Late.Hosting.Simulation.Checks;

/// <summary>
/// Follows the goodbyes of a handler that has them (promise P18): one before each close of ours and before no other end, no other
/// callback after it but the frames that the handler holds the close for, and all of it within the time of a close (promise P9).
/// </summary>
internal sealed class Closings(Subject subject)
{
    private LateClosing? _closing;
    private TimeSpan _beganAt;
    private int _chosenCode;
    private bool _isCodeKnown;
    private int _cutsBefore;
    private int _timeoutsBefore;
    private int _lastFrame;
    private bool _hasConnected;

    /// <summary>True while the handler keeps a session open that is to close.</summary>
    public bool IsHeld { get; private set; }

    /// <summary>The code of the close frame that a session of ours has.</summary>
    public int CloseCode => _closing is null ? LateCloseCode.NormalClosure : _chosenCode;

    /// <summary>The number of the first frame since the goodbye; those before it may have been dropped, where there is a send limit.</summary>
    public int FirstFrame { get; private set; }

    // What the server still sends is handled where the next connection has been made first, and at no other close.
    private bool HandlesLastFrames => _closing?.Reason is LateDisconnectReason.Rotated or LateDisconnectReason.ReconnectRequested
        && (subject.Rotations.HasPrepared || subject.Requests.WasDeferred);

    private bool SendsGoodbye => subject.Plan.Handler.SendsGoodbye;

    /// <summary>True for a frame of the goodbye, which does not wait for the send limit.</summary>
    public bool IsGoodbye(int frame) => _closing is not null && frame >= FirstFrame && frame <= _lastFrame;

    /// <summary>A callback begins.</summary>
    public void OnCallback(string callback)
    {
        if (callback is "Connect")
        {
            (_closing, IsHeld, _hasConnected, _cutsBefore, _timeoutsBefore) = (null, false, false, subject.Logs.Count(35), subject.Logs.Count(18));
        }

        var isAllowed = callback is "Disconnect" or "Terminate" or "Init" or "Connecting" or "Free" || (callback == "In" && (IsHeld || HandlesLastFrames));
        subject.Verdict.Require(_closing is null || isAllowed, "P18", $"{callback} began after HandleClosing, {(IsHeld ? "while" : "and not while")} the close is held");
    }

    /// <summary><c>HandleConnect</c> returns a result that will do.</summary>
    public void OnConnected() => _hasConnected = true;

    public void OnClosing(LateClosing closing)
    {
        subject.Verdict.Require(_closing is null && _hasConnected, "P18", $"HandleClosing began {(_hasConnected ? "twice" : "before HandleConnect had completed")}");
        subject.Verdict.Require(
            closing.Reason is LateDisconnectReason.HostStopping or LateDisconnectReason.SupervisorStopping or LateDisconnectReason.ReconnectRequested or LateDisconnectReason.Rotated or LateDisconnectReason.DataTimeout,
            "P18",
            $"HandleClosing began for {closing.Reason}");
        subject.Verdict.Require(
            closing.Until - subject.Time.GetUtcNow() <= 0.8 * subject.Options.CloseTimeout + subject.Time.Slack, "P9", $"a goodbye has until {closing.Until}");
        (_closing, _beganAt, _chosenCode, _cutsBefore, _isCodeKnown) = (closing, subject.Time.Elapsed, CodeOf(closing.Description), subject.Logs.Count(35), true);
        (FirstFrame, _lastFrame) = (int.MaxValue, 0);
    }

    /// <summary>The goodbye returns a result that will do.</summary>
    /// <param name="firstFrame">The number of its first frame.</param>
    /// <param name="lastFrame">The number of its last frame.</param>
    /// <param name="code">The code that it chooses; null for none.</param>
    /// <param name="holds">It holds the close.</param>
    public void OnGoodbye(int firstFrame, int lastFrame, int? code, bool holds)
    {
        (FirstFrame, _lastFrame) = (firstFrame, lastFrame);
        (_chosenCode, IsHeld) = (code ?? _chosenCode, holds);
    }

    /// <summary>A result releases the close that the handler has held.</summary>
    /// <param name="asks">It asks for a new session too, and its close code may be that of the close.</param>
    public void OnReleased(bool asks) => (IsHeld, _isCodeKnown) = (false, _isCodeKnown && !asks);

    public void OnDisconnected(ServerSession session, LateDisconnect disconnect, int handled)
    {
        CheckLastFrames(session, disconnect, handled);
        var isUndisturbed = session.IsQuick && !subject.HasHung && !subject.Logs.HasAbandoned && !subject.Plan.RunsOn && !session.Wire.IsBroken;
        if (_closing is null && isUndisturbed && disconnect.CloseCode is null && session.ClientCloseCode is { } code && !subject.Requests.AreSeveral(session.Number) && subject.Requests.Of(disconnect.Description) is { } request)
        {
            subject.Verdict.Require(code == request.Request.CloseCode, "P18", $"session {session.Number} was closed with {code}, and request {request.Id} specifies {request.Request.CloseCode}");
        }

        if (!SendsGoodbye)
        {
            return;
        }

        if (_closing is null)
        {
            var isOurs = disconnect.Reason is LateDisconnectReason.HostStopping or LateDisconnectReason.SupervisorStopping or LateDisconnectReason.Rotated or LateDisconnectReason.DataTimeout
                || IsRequestedByClient(disconnect);

            // A host that has no time left, or cancels its start, cuts everything, and so does a caller that cancels its stop.
            var mayBeCut = subject.Plan.ShutdownLimit < TimeSpan.FromSeconds(30) || subject.Startup != LateStartupMode.Background || subject.Ending.IsCut;

            // The close waits for the callback that runs, and the keep-alive does not wait with it: no server is left for a goodbye.
            subject.Verdict.Require(!isOurs || !isUndisturbed || !_hasConnected || mayBeCut || session.IsGone, "P18", $"session {session.Number} ended with {disconnect.Reason}, and without a goodbye");
            return;
        }

        var isStronger = disconnect.Reason is LateDisconnectReason.HandlerStopped or LateDisconnectReason.HandlerError or LateDisconnectReason.HandlerFaulted;
        subject.Verdict.Require(
            disconnect.Reason == _closing.Reason || isStronger, "P18", $"session {session.Number} had a goodbye for {_closing.Reason}, and ended with {disconnect.Reason}");
        if (isUndisturbed && session.ClientClosedAt is { } closedAt && disconnect is { CloseCode: null })
        {
            var took = closedAt - _beganAt;
            subject.Verdict.Require(took <= (0.8 * subject.Options.CloseTimeout) + subject.Time.Slack, "P9", $"the close frame of session {session.Number} followed its goodbye after {took}");
            if (subject.Logs.Count(35) == _cutsBefore && !isStronger)
            {
                // What ends a session before it has come to a request, and is none with a code itself, ends it with the code of that request.
                var isOfRequest = session.ClientCloseCode is { } sent && subject.Requests.Of(disconnect.Description) is null && subject.Requests.HasCode(session.Number, sent);
                var mayBeOther = !_isCodeKnown || subject.Requests.AreSeveral(session.Number) || isOfRequest;
                subject.Verdict.Require(session.ClientCloseCode == _chosenCode || mayBeOther, "P18", $"session {session.Number} was closed with {session.ClientCloseCode}, and its handler chose {_chosenCode}");
                subject.Verdict.Require(_lastFrame < FirstFrame || session.LastHandlerFrame >= _lastFrame, "P18", $"the goodbye of session {session.Number} was not sent before its close");
            }
        }
    }

    /// <summary>Where the next connection was made first, what the server had written before our close frame is handled.</summary>
    private void CheckLastFrames(ServerSession session, LateDisconnect disconnect, int handled)
    {
        var wasReplaced = subject.Rotations.HasPrepared && session is { IsQuick: true, HasSentMany: false, ClientClosedAt: not null } && (disconnect.Reason == LateDisconnectReason.Rotated
            ? subject.Options.Rotation.Order == LateReconnectOrder.ConnectFirst
            : disconnect.Reason == LateDisconnectReason.ReconnectRequested && subject.Requests.Of(disconnect.Description) is { ConnectsFirst: true });
        var hadTime = !subject.HasHung && !subject.IsStopping && subject.Logs.Count(18) == _timeoutsBefore && subject.Logs.Count(35) == _cutsBefore;
        subject.Verdict.Require(
            !wasReplaced || !hadTime || handled >= session.MessagesAtClose, "P18", $"session {session.Number} was replaced, and {handled} of the {session.MessagesAtClose} messages before its close are handled");
    }

    private int CodeOf(string description) => subject.Requests.Of(description)?.Request.CloseCode ?? LateCloseCode.NormalClosure;

    private static bool IsRequestedByClient(LateDisconnect disconnect) =>
        disconnect.Reason == LateDisconnectReason.ReconnectRequested && disconnect.Description.StartsWith("A new session was requested", StringComparison.Ordinal);
}
