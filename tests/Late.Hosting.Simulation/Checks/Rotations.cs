using Late.Hosting.Simulation.Handling;
using Late.Hosting.Simulation.Network;
using Late.Hosting.Simulation.Worlds;

namespace Late.Hosting.Simulation.Checks;

/// <summary>
/// Checks session rotation: not before it is due, not later than promised, never two concurrent sessions, no call lost for it, and no connection left that was made for the next session.
/// </summary>
internal sealed class Rotations(Subject subject)
{
    private bool _isOpen;
    private bool _isDrawing;
    private bool _isRotated;
    private TimeSpan? _dueAt;
    private TimeSpan? _drainedAt;
    private TimeSpan? _endedAt;
    private TimeSpan? _preparingSince;
    private TimeSpan? _preparedAt;
    private bool _adopts;
    private bool _isCompleted;
    private bool _isDetached;
    private bool _isDiscarded;
    private TimeSpan? _overAt;
    private readonly List<ServerSession> _refused = [];
    private SessionRequest? _endedBy;
    private TimeSpan? _againAt;
    private TimeSpan? _againAtLatest;
    private bool _awaitsMessage;
    private ServerSession? _prepared;
    private ServerSession? _preparedFor;

    private LateRotationOptions Options => subject.Options.Rotation;

    private TimeSpan Now => subject.Time.Elapsed;

    /// <summary>True from when the log reports that a session is open until it reports its end.</summary>
    public bool IsOpen => _isOpen;

    /// <summary>True where the next connection was made while the last session continued.</summary>
    public bool HasPrepared => _prepared is not null;

    /// <summary>When the next connection was made.</summary>
    public TimeSpan? PreparedAt => _preparedAt;

    /// <summary>True while the next connection is made during a session, or still is after the loss of that.</summary>
    public bool IsPreparing => MayBePreparing && _overAt is null;

    /// <summary>The same, or its time is over at this very moment: it may have been made in time.</summary>
    public bool MayBePreparing => _preparingSince is not null && (_overAt is null || (_overAt == Now && !_isDiscarded)) && (_isOpen || _isDetached);

    /// <summary>True while that attempt has its permit, as far as is known: where another is needed, it gives it back behind its callback.</summary>
    public bool HasPermit => IsPreparing && (_isDetached || !_isCompleted);

    /// <summary>True where the attempt outlasts the session during which it has begun, and is that of the next one.</summary>
    public bool IsPending => !_isOpen && _isDetached && _preparingSince is not null && !_isDiscarded;

    /// <summary>True from when a session is due to be replaced, and has nothing else to wait for, to its end.</summary>
    public bool IsDraining => _isOpen && (_drainedAt <= Now || MayHaveSpoken || subject.Requests.MayDrain);

    /// <summary>True where the last session that has ended was replaced.</summary>
    public bool IsRotated => !_isOpen && _isRotated;

    /// <summary>True where an attempt during the session may wait for its permit.</summary>
    public bool MayQueue => _isOpen && (RotatesFirst || subject.Requests.MayConnectFirst) && _prepared is null && _preparingSince is null;

    /// <summary>True where the session has ended at this very moment.</summary>
    public bool HasJustEnded => !_isOpen && _endedAt == Now;

    private bool IsDue => _dueAt <= Now;

    // Many control frames in one read may stand before the message: it is not known when that is read.
    private bool MayHaveSpoken => _awaitsMessage && _prepared is { HasSentMany: true };

    private bool RotatesFirst => IsDue && Options.Order == LateReconnectOrder.ConnectFirst;

    /// <summary>The log reports that a session is open.</summary>
    /// <param name="hasConnected">False where there was no attempt: it has the connection that was made for it.</param>
    /// <returns>The server's end of it.</returns>
    public ServerSession OnConnected(bool hasConnected)
    {
        var prepared = _prepared;
        (_adopts, _isDetached) = (false, false);
        (_isOpen, _isDrawing, _dueAt, _drainedAt, _endedAt, _preparingSince, _againAt, _prepared, _preparedFor) = (true, true, null, null, null, null, null, null, null);
        if (hasConnected)
        {
            subject.Verdict.Require(prepared?.Wire.IsDisposed != false, "P9", $"an attempt was made, and the connection that had been made for it is still open");
            return subject.Sessions[^1];
        }

        if (prepared is null)
        {
            subject.Verdict.Fail("P10", "a session has begun, and no attempt has connected for it");
            return subject.Sessions[^1];
        }

        subject.Requests.OnAdopted(prepared.Address);
        subject.Verdict.Require(subject.Preparations.IsCurrent(prepared.Address) || subject.Requests.IsDeferred, "P10", $"session {prepared.Number} has begun at an old address");
        return prepared;
    }

    /// <summary>Chance decides how much earlier the session is replaced.</summary>
    /// <returns>False where it is about something else.</returns>
    public bool OnDrawn(double share)
    {
        if (!_isDrawing)
        {
            return false;
        }

        _isDrawing = false;
        _dueAt = Now + SessionLifetime.Of(Options, subject.Time.GetUtcNow(), share);
        _drainedAt = Options.Order == LateReconnectOrder.CloseFirst ? _dueAt : null;
        if (_drainedAt is { } due)
        {
            subject.Moments.OnRotationDrawn(due - Now);
        }

        return true;
    }

    /// <summary>An attempt begins during the session.</summary>
    public void OnPreparing()
    {
        subject.Verdict.Require(RotatesFirst || subject.Requests.MayConnectFirst, "P10", $"an attempt was made during a session that continues until {_dueAt}");
        subject.Verdict.Require(
            !(Now < _againAt) || subject.Requests.MayConnectFirst, "P10", $"an attempt during the session begins before {_againAt}");
        subject.Verdict.Require(_prepared is null, "P10", $"an attempt was made for a session that has its connection");
        (_preparingSince, _againAt, _overAt, _isCompleted, _isDetached, _isDiscarded) = (Now, null, null, false, false, false);
    }

    /// <summary><c>HandleConnecting</c> has ended for an attempt during the session: that continues with the handshake hooks, or is not needed any more.</summary>
    public void OnCompleted() => _isCompleted = true;

    /// <summary>The handler has completed the request of an attempt during the session: the attempt outlasts that session.</summary>
    /// <param name="canceled">Canceled when it does not.</param>
    public void OnDetached(CancellationToken canceled)
    {
        _isDetached = true;
        var since = _preparingSince;
        canceled.UnsafeRegister(
            _ =>
            {
                if (_preparingSince == since)
                {
                    OnOver(isDiscarded: Now - since < subject.Options.ConnectTimeout);
                }
            },
            null);
    }

    /// <summary>The attempt is over, and its permit given back: it was refused, or canceled.</summary>
    /// <param name="isDiscarded">It is no longer needed.</param>
    public void OnOver(bool isDiscarded)
    {
        (_overAt, _isDiscarded) = (Now, _isDiscarded || isDiscarded);
        subject.World.Budget?.OnLeft();
        subject.Verdict.Require(
            _preparingSince is { } since && Now - since <= subject.Options.ConnectTimeout + subject.Time.Slack + subject.Time.PassedSince(since), "P10", $"an attempt that has begun during a session took from {_preparingSince} to {Now}");
    }

    /// <summary>The log reports that an attempt failed which has outlasted its session.</summary>
    public void OnPendingFailed()
    {
        subject.Verdict.Require(IsPending, "P10", $"an attempt has failed that was not made, or was not needed any more");
        (_preparingSince, _isDetached, _adopts) = (null, false, false);
    }

    /// <summary>The server has accepted what was asked for during a session.</summary>
    public void OnPrepared(ServerSession session)
    {
        session.IsPrepared = true;
        (_prepared, _preparedFor, _preparedAt, _preparingSince) = (session, subject.Session, Now, null);
        var isRotation = _isOpen && RotatesFirst && !subject.Preparations.IsRequested;
        _awaitsMessage = isRotation && Options.SwitchWhen == LateSwitchWhen.FirstMessage;
        _drainedAt = isRotation && !_awaitsMessage ? Now : _drainedAt;
        NoteMessage();
        subject.Moments.OnPrepared(session);
    }

    /// <summary>The log reports that the next connection could not be made.</summary>
    public void OnFailed(TimeSpan? retryAfter)
    {
        var silent = _awaitsMessage ? _prepared : null;
        if (silent is not null)
        {
            subject.Verdict.Require(_drainedAt is null, "P10", $"session {silent.Number} is refused, and has had its first message");
            subject.Verdict.Require(Now - _preparedAt <= subject.Options.ReadyTimeout + subject.Time.Slack, "P10", $"session {silent.Number} is refused after {Now - _preparedAt}");
            _refused.Add(silent);
            (_prepared, _drainedAt) = (null, null);
        }

        subject.Verdict.Require(
            silent is not null || HasJustEnded || (_preparingSince is { } since && Now - since <= subject.Options.ConnectTimeout + subject.Time.PassedSince(since)), "P10", $"an attempt during the session that began at {_preparingSince} failed");
        var delay = subject.Options.Reconnect.MaxDelay;
        _preparingSince = null;
        _againAt = Now + (retryAfter > 0.5 * delay ? retryAfter.Value : 0.5 * delay);
        _againAtLatest = Now + JitteredDelay.Longest(delay, retryAfter, subject.Options.Reconnect.BaseDelay);
    }

    /// <summary>The log reports that the next connection, which a request has asked for, failed.</summary>
    /// <returns>False where it was made, and was refused because no message came on it.</returns>
    public bool OnSwitchFailed()
    {
        var isAttempt = _preparingSince is not null;
        if (!isAttempt && _prepared is { } refused)
        {
            _refused.Add(refused);
            _prepared = null;
        }

        _preparingSince = null;
        return isAttempt;
    }

    /// <summary>The log reports that the session has ended.</summary>
    public void OnEnded(string text)
    {
        (_isOpen, _endedAt, _endedBy, _isRotated) = (false, Now, subject.Requests.Of(text), text.Contains("is rotated", StringComparison.Ordinal));
        NoteMessage();
        subject.Verdict.Require(!_isRotated || _drainedAt <= Now || MayHaveSpoken, "P5", $"session {subject.Session?.Number} was replaced, and was due at {_dueAt} and free at {_drainedAt}");
    }

    /// <summary>
    /// <c>HandleDisconnect</c> has completed, and another session follows: the connection that was made while the last one continued is
    /// that session, unless something else is wanted.
    /// </summary>
    /// <param name="isOther">A delay or another address is wanted.</param>
    public void OnFollowed(bool isOther) => _adopts = !isOther && (_prepared is { Wire.IsDisposed: false } || IsPending);

    /// <summary>What follows is not known: an attempt in progress may not be needed. A connection that is made is.</summary>
    public void OnAmended() => _adopts &= !IsPending;

    /// <summary>A new session is requested: what was made before is for nothing, also where it was refused and that is not known yet.</summary>
    public void OnRequested() => (_adopts, _isDiscarded) = (false, _isDiscarded || IsPending);

    /// <summary>An attempt begins without a session.</summary>
    public void OnAttempt()
    {
        subject.Verdict.Require(!_adopts, "P10", $"an attempt begins, and {(_prepared is null ? "another is in progress" : $"session {_prepared.Number} was made")} for its session");
        _isDetached = false;
    }

    /// <summary>False where calls of a session may not be lost: it was replaced before they have had their time.</summary>
    public bool MayLoseCalls(int session)
    {
        if (session != subject.Session?.Number || MayHaveSpoken || !(_isRotated || _endedBy is { Request.FinishCalls: true }))
        {
            return true;
        }

        var since = _isRotated ? _drainedAt : _endedBy!.ConnectsFirst ? _preparedAt : _endedBy.At;
        return _endedAt - since >= subject.Options.CallTimeout;
    }

    /// <summary>A session's first callback begins.</summary>
    public void OnHandleConnect() => subject.Verdict.Require(
        subject.Sessions.TrueForAll(session => session == subject.Session || session.Wire.IsDisposed), "P3", $"session {subject.Session?.Number} began while another one was open");

    public void CheckNow()
    {
        NoteMessage();
        var verdict = subject.Verdict;
        verdict.Require(_refused.TrueForAll(static session => session.Wire.IsDisposed), "P9", $"a connection that was refused is still open");
        if (_prepared is { Wire.IsDisposed: false })
        {
            verdict.Require(
                _preparedFor == subject.Session && subject.Client.State is not (LateConnectionState.Stopped or LateConnectionState.Faulted), "P9", $"session {_prepared.Number} was prepared for nothing, and is still open");
        }

        if (subject.Session is not { Wire.IsDisposed: false } session || !(_dueAt + subject.Time.Slack < Now))
        {
            return;
        }

        var options = subject.Options;
        if (_isOpen)
        {
            verdict.Require(!(Now - _drainedAt > options.CallTimeout + subject.Time.Slack), "P5", $"session {session.Number} should have been replaced at {_drainedAt}, and continues");
            verdict.Require(
                _drainedAt is not null || subject.Plan.Budget is not null || subject.Requests.MayDrain || MayHaveSpoken || (_awaitsMessage && Now - _preparedAt <= options.ReadyTimeout + subject.Time.Slack) || Now - _preparingSince <= options.ConnectTimeout + subject.Time.Slack || Now <= _againAtLatest + subject.Time.Slack,
                "P10",
                $"session {session.Number} was due at {_dueAt}, and nothing is done for the next one");
        }
        else if (_endedAt is { } ended && subject.Life.Running is null)
        {
            // A write that is in progress has its own time, and so has that of what was sent behind it.
            var since = ended > subject.Life.IdleSince ? ended : subject.Life.IdleSince;
            var limit = options.CloseTimeout + (session.IsQuick ? TimeSpan.Zero : 2 * options.SendTimeout);
            verdict.Require(Now - since <= limit + subject.Time.Slack, "P9", $"session {session.Number} ended at {ended}, and is not closed");
        }
    }

    // The first message on the next connection makes it the next session.
    private void NoteMessage() => _drainedAt ??= _awaitsMessage && _prepared is { HasSentMany: false, ReadMessages: > 0 } ? Now : null;
}
