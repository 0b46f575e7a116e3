using Late.Hosting.Simulation.Handling;
using Late.Hosting.Simulation.Network;
using Late.Hosting.Simulation.Worlds;

namespace Late.Hosting.Simulation.Checks;

/// <summary>
/// Follows the attempts to connect (promise P10): their number, how long each may take, how long the connection waits
/// before each, and what it asks for again.
/// </summary>
internal sealed class Attempts(Subject subject)
{
    private readonly Refusals _refusals = new(subject);
    private readonly Waits _waits = new(subject);
    private TimeSpan _beganAt;
    private TimeSpan _endedAt;
    private TimeSpan? _interruptedAt;
    private TimeSpan? _interruptedAfter;
    private TimeSpan? _readyAt;
    private TimeSpan _readyFor;
    private ConnectPlan? _refusal;
    private bool _isDelayed;
    private int _number;
    private bool _hasBegun;
    private bool _isOpen;

    /// <summary>Which of them has its permit.</summary>
    public Permits Permits { get; } = new(subject);

    /// <summary>True where the attempt's time is over: it has given back its permit, or does so at this moment.</summary>
    public bool IsTimeOver => subject.Time.Elapsed - _beganAt >= subject.Options.ConnectTimeout;

    /// <summary>True where a new session was asked for, and no attempt has begun since.</summary>
    public bool IsInterrupted => _interruptedAt is not null;

    /// <summary>True where the connection was ended by a code that is permanent in any case.</summary>
    public bool HasPermanentCode => _refusals.HasPermanentCode;

    /// <summary>True where an attempt has failed, or a session has ended but for an immediate request.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>The time that the last refusal asked for, by the server or by HandleConnecting; null where it was none, or asked for none.</summary>
    public TimeSpan? RetryAfter => subject.Preparations.Failure?.RetryAfter ?? _refusal?.RetryAfter;

    /// <summary>Since when an attempt is due: a new life connects from its beginning, and comes to its first attempt behind InitAsync.</summary>
    public TimeSpan Since => subject.Client.Status.Since - subject.World.Began is var since && since > _endedAt ? since : _endedAt;

    /// <summary>The log reports that an attempt begins.</summary>
    public void OnPreparing(int number)
    {
        if (subject.Rotations.HasJustEnded && subject.Client.State == LateConnectionState.Reconnecting)
        {
            // It was to follow the session that has ended at this very moment, and is abandoned.
            return;
        }

        subject.Preparations.OnAttempt();
        if (_isOpen)
        {
            subject.Rotations.OnPreparing();
            subject.Verdict.Require(number == _number, "P10", $"an attempt during the session of attempt {_number} calls itself {number}");
            (_beganAt, _refusal) = (subject.Time.Elapsed, null);
            Permits.OnBeganInSession();
        }
        else
        {
            subject.Verdict.Require(subject.Client.State is LateConnectionState.Connecting, "P10", $"an attempt began, and the connection is {subject.Client.State}");
            subject.Rotations.OnAttempt();
            Permits.OnBegan();
            Begin(number);
        }
    }

    /// <summary>The server has answered: no.</summary>
    public void OnRefused(ConnectPlan plan)
    {
        _refusal = plan;
        if (subject.Rotations.IsPreparing)
        {
            subject.Rotations.OnOver(isDiscarded: false);
            subject.World.Budget?.OnFailed(plan);
        }
    }

    public void OnAccepted()
    {
        Permits.OnAccepted(isNext: !_isOpen && !IsInterrupted && !subject.Rotations.IsPending);
        CheckTime();
    }

    /// <summary>The log reports that the attempt failed.</summary>
    public void OnFailed(int number)
    {
        if (_hasBegun)
        {
            CheckTime();
            subject.World.Budget?.OnFailed(_refusal);
        }
        else
        {
            OnPendingFailed(number);
        }

        (_endedAt, _hasBegun, HasFailed) = (subject.Time.Elapsed, false, true);
        Permits.OnFailed();
        subject.Requests.OnFailed();
        subject.Preparations.OnOutcome();
        _refusals.OnFailed(_refusal, out var isRefused, out var asksAgain);
        if (_refusals.IsPermanent)
        {
            return;
        }

        _waits.OnFailed(isRefused, asksAgain, _refusal?.RetryAfter ?? subject.Preparations.Failure?.RetryAfter);
    }

    /// <summary>The log reports that the upgrade is refused, and that attempts continue.</summary>
    public void OnRefusedLater() => subject.Verdict.Require(_refusals is { WasReady: true, IsPermanent: false }, "P10", $"attempts continue after a refusal that is permanent");

    /// <summary>The log reports that a session is open.</summary>
    public void OnConnected(int number)
    {
        var hasConnected = _hasBegun;
        if (!hasConnected)
        {
            // The connection was made before: nothing is to be waited for.
            subject.Verdict.Require(!_isDelayed, "P10", $"a session follows immediately, and its handler or a client wanted a delay");
            BeginMade(number, subject.Rotations.PreparedAt);
        }

        (_isOpen, _hasBegun) = (true, false);
        Permits.OnConnected();
        subject.Preparations.OnSession();
        subject.Session = subject.Rotations.OnConnected(hasConnected);
        subject.Session.BegunAt = subject.Time.Elapsed;
    }

    /// <summary>The log reports that the next connection could not be made while a session is open.</summary>
    public void OnPrepareFailed()
    {
        subject.Rotations.OnFailed(_refusal?.RetryAfter ?? subject.Preparations.Failure?.RetryAfter);
        subject.Addresses.OnFailed(subject.Preparations.Reached);
        subject.Preparations.OnPrepareFailed();
        subject.World.Budget?.OnFailed(_refusal);
    }

    /// <summary>The log reports that the connection that a request has asked for first could not be made.</summary>
    public void OnSwitchFailed()
    {
        subject.Addresses.OnFailed(subject.Preparations.Reached);
        if (subject.Rotations.OnSwitchFailed())
        {
            subject.World.Budget?.OnFailed(_refusal);
        }

        subject.Preparations.OnPrepareFailed();
    }

    /// <summary>The log reports that the session is ready.</summary>
    public void OnReady() => _readyAt = subject.Time.Elapsed;

    /// <summary>The log reports that the session has ended.</summary>
    public void OnEnded(string text)
    {
        _isOpen = false;
        _readyFor = _readyAt is { } since ? subject.Time.Elapsed - since : TimeSpan.Zero;
        subject.Rotations.OnEnded(text);
        var isRequested = subject.Rotations.IsRotated || (text.Contains("A new session was requested", StringComparison.Ordinal) && subject.Requests.Of(text)?.Request.After is null);
        HasFailed |= !isRequested;
    }

    /// <summary>The log reports that a new session was asked for while there is none.</summary>
    public void OnInterrupted(string text)
    {
        subject.Rotations.OnRequested();
        subject.Requests.OnInterrupted(text);
        (_interruptedAt, _interruptedAfter) = (subject.Time.Elapsed, subject.Requests.Of(text)?.Request.After);
        Permits.OnInterrupted();
    }

    /// <summary>The handler has a state, the first or a new one.</summary>
    public void OnReadyToConnect() => _endedAt = subject.Time.Elapsed;

    public void OnDisconnected(LateDisconnect disconnect, TimeSpan? askedAfter, Disconnected decision)
    {
        subject.Preparations.OnOutcome();
        _endedAt = subject.Time.Elapsed;
        var isRequested = disconnect.Reason is LateDisconnectReason.ReconnectRequested or LateDisconnectReason.Rotated;
        var isByHandler = isRequested && disconnect.Description.StartsWith("The handler", StringComparison.Ordinal);
        var request = subject.Requests.Of(disconnect.Description);
        var isImmediate = subject.Requests.IsImmediate(disconnect);
        if (isImmediate || (_readyAt is not null && _readyFor >= subject.Options.Reconnect.StableAfter))
        {
            StartOver();
        }

        _refusals.OnDisconnected(disconnect, decision);
        if (_refusals.IsPermanent)
        {
            return;
        }

        var after = decision.After ?? (subject.Requests.IsDeferred ? null : request is not null ? request.Request.After : isByHandler ? askedAfter : null);
        _isDelayed = after is not null;
        subject.Rotations.OnFollowed(_isDelayed || decision.Request?.Request.Uri is not null || request is { ConnectsFirst: false, Request.Uri: not null });
        _waits.OnDisconnected(after, isImmediate);
    }

    /// <summary>More than one request has come for the session that has ended, or one behind its end: the delay and the address may be those of any.</summary>
    public void OnAmended()
    {
        _waits.OnUnknown();
        _isDelayed = false;
        subject.Rotations.OnAmended();
    }

    /// <summary>A new life begins after an error: attempts and delays continue, and it has never been ready.</summary>
    public void BeginLifeAfterError() => _refusals.BeginLifeAfterError();

    /// <summary>A new life begins after a fault: nothing of the last counts.</summary>
    public void BeginLife()
    {
        StartOver();
        (_interruptedAt, _hasBegun) = (null, false);
        _refusals.BeginLife();
        Permits.OnLeft();
        _waits.Clear();
    }

    /// <summary>The attempt has failed that was begun to replace a session, and has outlasted it.</summary>
    private void OnPendingFailed(int number)
    {
        var refusal = _refusal;
        subject.Rotations.OnPendingFailed();
        subject.Requests.OnAdopted(subject.Preparations.BegunWith);
        BeginMade(number, subject.Time.Elapsed);
        _refusal = refusal;
    }

    /// <summary>What was begun while the last session continued follows it immediately.</summary>
    /// <param name="number">The number of the attempt.</param>
    /// <param name="at">When that has connected, or failed.</param>
    private void BeginMade(int number, TimeSpan? at)
    {
        _endedAt = at > _endedAt ? at.Value : _endedAt;
        _waits.OnMade();

        // A request of this very moment ends the session, and is that of the next.
        var requestedAt = _interruptedAt == subject.Time.Elapsed ? _interruptedAt : null;
        _interruptedAt = requestedAt is null ? _interruptedAt : null;
        Begin(number);
        _interruptedAt = requestedAt;
    }

    /// <summary>The next session is on its way: by an attempt, or with a connection that was made before.</summary>
    private void Begin(int number)
    {
        var (verdict, now) = (subject.Verdict, subject.Plan.Budget is null ? subject.Time.Elapsed : Since);
        _hasBegun = true;
        if (_interruptedAt is { } interrupted)
        {
            // A callback that continues is waited for.
            var from = new[] { interrupted, _endedAt, subject.Preparations.EndedAt }.Max();

            // With a send limit each write takes a tick or two of its time.
            var after = _interruptedAfter ?? TimeSpan.Zero;
            verdict.Require(now >= interrupted + after && now <= from + after + subject.Time.Slack, "P10", $"a new session was asked for after {_interruptedAfter}, and the attempt began {now - from} later");
            _interruptedAt = null;
            StartOver();
            if (_interruptedAfter is not null)
            {
                _waits.OnDisconnected(after, isImmediate: false);
            }
        }
        else
        {
            _waits.OnWaited(now - _endedAt);
        }

        _number++;
        verdict.Require(!_refusals.IsPermanent, "P10", $"an attempt follows a permanent refusal");
        verdict.Require(number == _number, "P10", $"attempt {number} calls itself so, and is number {_number} since the last stable session");
        verdict.Require(!(number > subject.Options.Reconnect.MaxAttempts), "P10", $"attempt {number} of {subject.Options.Reconnect.MaxAttempts}");
        (_beganAt, _refusal, _readyAt) = (subject.Time.Elapsed, null, null);
        _waits.Clear();
    }

    private void StartOver()
    {
        _number = 0;
        _refusals.StartOver();
        _waits.StartOver();
    }

    // An attempt whose callback takes longer fails when that ends.
    private void CheckTime() => subject.Verdict.Require(
        subject.Time.Elapsed - _beganAt <= subject.Options.ConnectTimeout + subject.Time.Slack || (!_isOpen && subject.Preparations.HasOverrun(subject.Time.Elapsed)),
        "P10",
        $"an attempt took {subject.Time.Elapsed - _beganAt}");
}
