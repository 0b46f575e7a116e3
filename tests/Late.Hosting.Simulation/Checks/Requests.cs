using System.Globalization;
using Late.Hosting.Simulation.Handling;
using Late.Hosting.Simulation.Worlds;

namespace Late.Hosting.Simulation.Checks;

/// <summary>
/// Follows requests for the next session that specify how it is made: their address is that of the next attempt and of no other (promise P10),
/// also in a new life (promise P15); and one that is refused is reported to the handler, once (promise P3).
/// </summary>
internal sealed class Requests(Subject subject)
{
    private const string Mark = "request ";

    private readonly List<SessionRequest> _all = [];
    private Uri? _next;
    private Uri? _nextOfClient;
    private bool _isKnown;
    private bool _isForNext;
    private bool _isByHandler;
    private SessionRequest? _inProgress;
    private bool _isKept;
    private SessionRequest? _drain;
    private SessionRequest? _deferred;
    private bool _isDeferred;
    private int _deferrals;
    private int _failures;
    private int _atEnd;

    private Dice Dice => subject.World.Chances.Switches;

    private int Open => subject.Rotations.IsOpen ? subject.Session!.Number : 0;

    /// <summary>True where the session is to be replaced by a request, now or when the next connection is there.</summary>
    public bool MayDrain => Open is > 0 and var open && _all.Exists(request => request.Session == open && request is { Drains: true, HasFailed: false });

    /// <summary>True where the next connection is to be made while the session continues.</summary>
    public bool MayConnectFirst => Open is > 0 and var open && _all.Exists(request => request.Session == open && request is { ConnectsFirst: true, HasFailed: false });

    /// <summary>True from a request that is for the session that a connection becomes which is made already, until that begins.</summary>
    public bool IsDeferred => _isDeferred;

    /// <summary>True in a session that began with a request for the next one.</summary>
    public bool WasDeferred { get; private set; }

    /// <summary>True where more than one request has come for a session, or one of a result at its end: that may have changed what an earlier one specifies.</summary>
    public bool AreSeveral(int session) => _atEnd == session || _all.Count(request => request.Session == session) > 1;

    /// <summary>The same, or one that waited for the calls of the session may have been overtaken by another end of it, and is that of what follows.</summary>
    public bool AreSeveral(int session, LateDisconnect disconnect) => AreSeveral(session) || IsOvertaken(disconnect, _all.Find(request => request.Session == session));

    /// <summary>True where a request with this close code has come for a session.</summary>
    public bool HasCode(int session, int code) => _all.Exists(request => request.Session == session && request.Request.CloseCode == code);

    /// <summary>A result of a session asks for the next one.</summary>
    public void OnResult(int session) =>
        _atEnd = subject.Client.State is LateConnectionState.Connected or LateConnectionState.Ready ? _atEnd : session;

    /// <summary>The log reports that a request is for the session that a connection becomes which is made already.</summary>
    public void OnDeferred(string text) => (_deferred, _isDeferred, _deferrals) = (Of(text), true, _deferrals + 1);

    /// <summary>The log reports that a request interrupts what there is: it is not for a session any more.</summary>
    public void OnInterrupted(string text) => (_deferred, _isDeferred) = _deferred is not null && Of(text) == _deferred ? (null, false) : (_deferred, _isDeferred);

    /// <summary>A session begins.</summary>
    public void OnConnecting()
    {
        (_nextOfClient, _drain, _inProgress) = (null, null, null);
        if (_deferred is not null)
        {
            _deferred.Session = Open;
        }

        _atEnd = _deferrals > 1 ? Open : _atEnd;
        (WasDeferred, _isDeferred, _deferred, _deferrals) = (_isDeferred, false, null, 0);
    }

    /// <summary>Makes one of the world's choice; null in a world without.</summary>
    /// <param name="isInSession">There may be a session to replace.</param>
    public SessionRequest? Draw(bool isInSession)
    {
        if (!subject.Plan.DrawsRequests)
        {
            return null;
        }

        var id = _all.Count + 1;
        var connectsFirst = isInSession && Dice.Chance(50);
        var rotatesFirst = subject.Options.Rotation is { Order: LateReconnectOrder.ConnectFirst } and not { MaxSessionLifetime: null, TimeOfDay: null };
        var request = new LateReconnect
        {
            Reason = $"{Mark}{id}",
            CloseCode = Dice.Pick(LateCloseCode.NormalClosure, LateCloseCode.NormalClosure, 4001, 4002),
            Uri = Dice.Below(8) switch
            {
                0 or 1 or 2 => new Uri($"wss://feed.example/resume?request={id}"),
                3 => new Uri($"wss://other.example/resume?request={id}"),
                4 when Dice.Chance(20) => new Uri($"ws://other.example/resume?request={id}"),

                // An attempt for a rotation and one for a request are distinguished by their addresses.
                _ => connectsFirst && rotatesFirst ? new Uri($"wss://feed.example/resume?request={id}") : null,
            },
            Order = connectsFirst ? LateReconnectOrder.ConnectFirst : LateReconnectOrder.CloseFirst,
            SwitchWhen = connectsFirst && Dice.Chance(40) ? LateSwitchWhen.FirstMessage : LateSwitchWhen.Upgraded,
            FinishCalls = isInSession && Dice.Chance(50),
            After = connectsFirst ? null : Dice.Pick<TimeSpan?>(null, null, TimeSpan.Zero, Dice.Time(1, 5000)),
        };
        return Made(id, request, isInSession ? Open : 0);
    }

    /// <summary>Makes one that finishes the calls of the session, and has nothing else but its reason.</summary>
    public SessionRequest MakeDraining()
    {
        var id = _all.Count + 1;
        return Made(id, new LateReconnect { Reason = $"{Mark}{id}", FinishCalls = true }, Open);
    }

    /// <summary>The request that a description or a reason names; null for none.</summary>
    public SessionRequest? Of(string text)
    {
        var at = text.LastIndexOf(Mark, StringComparison.Ordinal);
        if (at < 0)
        {
            return null;
        }

        var digits = new string([.. text[(at + Mark.Length)..].TakeWhile(char.IsAsciiDigit)]);
        return int.TryParse(digits, CultureInfo.InvariantCulture, out var id) && id <= _all.Count ? _all[id - 1] : null;
    }

    /// <summary>True where the next attempt follows without a delay: after a client's request that has none, or a rotation.</summary>
    public bool IsImmediate(LateDisconnect disconnect) =>
        disconnect.Reason is LateDisconnectReason.ReconnectRequested or LateDisconnectReason.Rotated
        && !disconnect.Description.StartsWith("The handler", StringComparison.Ordinal)
        && (IsDeferred || Of(disconnect.Description)?.Request.After is null);

    /// <summary>A client's request is accepted, with or without more than a reason.</summary>
    /// <param name="request">It; null for one with a reason alone.</param>
    /// <param name="state">The state of the connection before it.</param>
    public void OnAccepted(SessionRequest? request, LateConnectionState state)
    {
        subject.Rotations.OnRequested();
        _inProgress = null;

        // Between sessions, and between lives, the last request determines the address.
        var life = subject.Life;
        var isBetween = state is LateConnectionState.Connecting or LateConnectionState.Reconnecting
            && !subject.Rotations.IsOpen && life is { IsConnected: false, IsInitialized: true, Running: not ("Init" or "Disconnect") };
        _isByHandler = false;
        _drain = state is LateConnectionState.Connected or LateConnectionState.Ready && !_isDeferred ? request : null;

        // An attempt that has its address already is interrupted, and leaves what is requested to the next.
        _isForNext = isBetween && subject.Preparations.MayBegin;
        (_next, _isKnown, _isKept) = (request?.Request.Uri, isBetween || state == LateConnectionState.Faulted, false);

        // While a session closes, HandleDisconnect is still to come: it may ask for another, for its own life.
        _nextOfClient = Open > 0 ? null : _next;
    }

    /// <summary>An attempt begins with an address.</summary>
    /// <param name="address">It.</param>
    /// <param name="configured">What it is where none is requested.</param>
    /// <param name="isInSession">The attempt is made while a session is open.</param>
    public void OnAddress(Uri address, Uri configured, bool isInSession)
    {
        var verdict = subject.Verdict;
        if (!isInSession && _isForNext && address != _next)
        {
            _isForNext = false;
            return;
        }

        if (!isInSession && _isKnown)
        {
            verdict.Require(address == (_next ?? configured), "P10", $"an attempt begins with {address.PathAndQuery}, and {_next?.PathAndQuery ?? "no other address"} was requested for it");
        }

        (_next, _isKnown, _isKept, _isForNext, _inProgress) = isInSession ? (_next, _isKnown, _isKept, _isForNext, _inProgress) : (null, false, false, false, null);
        if (address == configured)
        {
            return;
        }

        var request = _all.Find(request => request.Request.Uri == address);
        verdict.Require(request is not null, "P10", $"an attempt begins with the address of another");
        if (request is not null)
        {
            // An attempt in a session may be canceled by the end of that session: the next one takes its address.
            request.Uses += isInSession ? 0 : 1;
            _inProgress = isInSession ? _inProgress : request;
            verdict.Require(request is { IsVoid: false, Uses: <= 1 }, "P10", $"an attempt begins with the address of request {request.Id}, {(request.IsVoid ? "which came with the end of the life" : "as an earlier one did")}");
        }
    }

    /// <summary>The attempt that was begun during a session is that of the next session: its address has been used.</summary>
    public void OnAdopted(Uri? address)
    {
        if (_all.Find(request => request.Request.Uri == address) is { } request)
        {
            request.Uses++;
        }
    }

    /// <summary>An attempt without a session has failed: its address has been used.</summary>
    public void OnFailed() => _inProgress = null;

    /// <summary>The attempt has failed before its address was seen.</summary>
    public void OnUnseen() => (_next, _isKnown, _isForNext) = (null, false, false);

    /// <summary>True where an address is one of a request.</summary>
    public bool Has(Uri address) => _all.Exists(request => request.Request.Uri == address);

    /// <summary>The log has that the next connection, which a request has asked for, failed.</summary>
    public void OnSwitchFailed() => _failures++;

    /// <summary>The handler is notified of it.</summary>
    public void OnReported(LateReconnectFailed failed)
    {
        var request = Of(failed.Request.Reason);
        _failures--;
        subject.Verdict.Require(
            request is { ConnectsFirst: true, HasFailed: false } && request.Session == Open, "P3", $"the handler of session {Open} is notified that {failed.Request.Reason} of session {request?.Session} failed");
        if (request is not null)
        {
            request.HasFailed = true;
        }
    }

    public void OnDisconnected(LateDisconnect disconnect, Disconnected decision)
    {
        _failures = 0;
        var isOver = subject.Lives.IsFaulted || disconnect.Reason is LateDisconnectReason.HostStopping or LateDisconnectReason.SupervisorStopping or LateDisconnectReason.HandlerStopped or LateDisconnectReason.HandlerFaulted
            || (disconnect.Reason == LateDisconnectReason.HandlerError && subject.Options.HandlerErrors == LateHandlerErrorBehavior.Stop);
        _isByHandler = true;
        if (disconnect.Reason != LateDisconnectReason.LeaseLost && IsOvertaken(disconnect, _drain) && !AreSeveral(subject.Handler!.Session))
        {
            _nextOfClient ??= _drain!.Request.Uri;
        }

        _next = decision.Request?.Request.Uri ?? _nextOfClient;
        _isKnown = _next is not null && !isOver && (decision.Request?.Request.Uri is not null || !AreSeveral(subject.Handler!.Session));
        if (isOver && decision.Request is { } request)
        {
            request.IsVoid = true;
        }
    }

    /// <summary>
    /// An error has ended the handler's life: the address that it has asked for is not that of the next, which has that of a client.
    /// </summary>
    public void OnLifeEnded()
    {
        _inProgress = null;
        _isKnown &= !_isKept;
        if (_next is not null && _isByHandler)
        {
            _next = _nextOfClient;
        }
    }

    /// <summary>The configuration has changed: an attempt that is interrupted leaves its address to the next.</summary>
    public void OnChanged()
    {
        var request = subject.Lives.IsFaulted ? null : _inProgress;
        OnAnyOther();
        if (request is not null)
        {
            request.Uses--;
            (_next, _isKnown, _isKept, _inProgress) = (request.Request.Uri, true, true, null);
        }
    }

    /// <summary>A life has ended: another address may follow.</summary>
    public void OnAnyOther()
    {
        subject.Rotations.OnRequested();
        (_next, _nextOfClient, _isKnown) = (null, null, false);
    }

    /// <summary>With nothing else to do: the handler knows of each request that failed.</summary>
    public void CheckNow()
    {
        if (subject is { Client.State: LateConnectionState.Ready, Life.Running: null, Rotations.IsDraining: false, SendLimit.IsSet: false, Session.Wire: { BlockedSince: null, IsOver: false } })
        {
            subject.Verdict.Require(_failures == 0, "P3", $"{_failures} requests have failed, and the handler was not notified");
        }
    }

    private bool IsOvertaken(LateDisconnect disconnect, SessionRequest? request) =>
        request is { ConnectsFirst: false, Request.FinishCalls: true } && Of(disconnect.Description) != request;

    private SessionRequest Made(int id, LateReconnect request, int session)
    {
        var made = new SessionRequest(id, request, session, subject.Time.Elapsed);
        _all.Add(made);
        subject.Trace.Write($"request {id}: {request.CloseCode}, {request.Uri?.Host}, {request.Order}, {request.SwitchWhen}, {(request.FinishCalls ? "finishes calls, " : "")}after {request.After}");
        return made;
    }
}
