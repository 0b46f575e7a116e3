using Late.Hosting.Simulation.Handling;
using Late.Hosting.Simulation.Network;
using Late.Hosting.Simulation.Worlds;

namespace Late.Hosting.Simulation.Checks;

/// <summary>
/// Follows <c>HandleConnecting</c> (promises P3, P10 and P12): it runs once for every attempt, with the outcome before it; what it sets counts for
/// its attempt alone; and a foreign origin gets what the handler has set, and nothing else.
/// </summary>
internal sealed class Preparations(Subject subject)
{
    private readonly HashSet<TimeSpan> _overruns = [];
    private TimeSpan _beganAt;
    private bool _isAwaited;
    private bool _hasPrevious;
    private bool _hasPreparedBefore;
    private Uri? _address;
    private Uri? _begunWith;
    private Uri? _configured;
    private string? _session;
    private int _tokens;

    /// <summary>What the callback of the present attempt has thrown; null for nothing, or what shows nothing about the attempt.</summary>
    public LateConnectException? Failure { get; private set; }

    /// <summary>When the last callback has ended that ran without a session.</summary>
    public TimeSpan EndedAt { get; private set; }

    /// <summary>True where the callback may begin: an attempt has begun, and has had none.</summary>
    public bool MayBegin => _isAwaited;

    /// <summary>The configured address that the present attempt has gone to; null where that was another one, or it did not come so far.</summary>
    public Uri? Reached { get; private set; }

    /// <summary>The address with which the present attempt has begun; null before that.</summary>
    public Uri? BegunWith => _begunWith;

    /// <summary>True where that is the address of a request.</summary>
    public bool IsRequested => _begunWith is { } address && subject.Requests.Has(address);

    private string Token => $"{Secrets.Header}-{_tokens}";

    /// <summary>An attempt begins.</summary>
    public void OnAttempt()
    {
        (_beganAt, _isAwaited, _address, _begunWith, _session, Failure) = (subject.Time.Elapsed, true, null, null, null, null);
        (_configured, Reached) = (subject.Addresses.Next, null);
    }

    /// <summary>An attempt has failed, or a session has ended.</summary>
    public void OnOutcome()
    {
        _hasPrevious = true;
        if (_isAwaited)
        {
            // A post has run for so long that the attempt is over before its callback: the address has been that of this attempt.
            subject.Requests.OnUnseen();
        }
    }

    /// <summary>A new life begins: nothing of the last counts.</summary>
    public void BeginLife() => (_isAwaited, _hasPrevious, _hasPreparedBefore, Failure) = (false, false, false, null);

    /// <summary>A session has begun.</summary>
    public void OnSession() => _hasPreparedBefore = false;

    /// <summary>An attempt to replace the open session has failed.</summary>
    public void OnPrepareFailed() => _hasPreparedBefore = true;

    public void OnBegins(LateHandshakeContext handshake, bool isInSession)
    {
        _isAwaited = false;
        var isExpected = isInSession ? _hasPreparedBefore : _hasPrevious;
        subject.Verdict.Require(handshake.Previous is not null == isExpected, "P10", $"before an attempt, the outcome before is '{handshake.Previous}'");
        if (!isInSession)
        {
            var beganAt = _beganAt;
            subject.Time.After(beganAt + subject.Options.ConnectTimeout - subject.Time.Elapsed, () =>
            {
                // It is waited for, and keeps no permit from others.
                if (_beganAt == beganAt && subject.Life.Running == "Connecting")
                {
                    subject.Attempts.Permits.OnTimeOver();
                }
            });
        }

        // An earlier callback, which has outlasted its attempt, has left what counts no more.
        (_address, _begunWith, _session, Failure) = (null, handshake.Uri, null, null);
        subject.Requests.OnAddress(handshake.Uri!, _configured!, isInSession);
    }

    public void OnEnds(bool isInSession)
    {
        if (isInSession)
        {
            subject.Rotations.OnCompleted();
            return;
        }

        OnEnded();
    }

    /// <summary>A post that runs without a session has ended: behind it the callback begins, or the attempt is over that waited for it.</summary>
    public void OnFreeEnds()
    {
        if (_isAwaited && subject.Attempts.Permits.HasBegun)
        {
            OnEnded();
            subject.Attempts.Permits.OnFreeEnds();
        }
    }

    /// <summary>True where a callback takes longer than its attempt may, or has ended at a time after it had: the attempt fails only then.</summary>
    public bool HasOverrun(TimeSpan at) => subject.Life.Running is "Connecting" or "Free" || _overruns.Any(overrun => at >= overrun && at - overrun <= subject.Time.Slack);

    /// <summary>Sets what chance decides, or throws it.</summary>
    public void Act(LateHandshakeContext handshake, Outcome outcome)
    {
        var dice = subject.Dice;
        if (outcome == Outcome.Throw)
        {
            if (dice.Chance(40))
            {
                throw new SimulatedException();
            }

            throw Failure = new LateConnectException(subject.Client.Name, "The handler does not want it.")
            {
                RetryAfter = dice.Pick<TimeSpan?>(null, TimeSpan.Zero, dice.Time(1, 8000)),
                IsTransient = dice.Pick<bool?>(null, null, true, dice.Chance(80)),
            };
        }

        if (dice.Chance(50))
        {
            handshake.Headers["X-Session"] = _session = $"{Secrets.Header}-s{dice.Below(1000)}";
        }

        _address = dice.Below(6) switch
        {
            0 => new Uri($"wss://other.example/resume?id={Secrets.Query}"),
            1 => new Uri($"wss://feed.example/resume?id={Secrets.Query}"),
            2 => new Uri($"ws://other.example/resume?id={Secrets.Query}"),
            _ => null,
        };
        handshake.Uri = _address ?? handshake.Uri;
    }

    /// <summary>The connection asks for the upgrade's token.</summary>
    /// <param name="canceled">Canceled where the attempt is, while it lasts.</param>
    public string OnHandshake(CancellationToken canceled)
    {
        if (subject.Rotations.IsPreparing)
        {
            subject.Rotations.OnDetached(canceled);
        }

        _tokens++;
        return Token;
    }

    /// <summary>The request of the attempt leaves.</summary>
    public void OnRequest(LateHandshakeContext request, ConnectPlan plan)
    {
        var verdict = subject.Verdict;
        subject.Trace.Write($"attempt {request.Attempt}: {plan.Answer?.TotalMilliseconds ?? double.NaN} ms, {plan.Refusal} {plan.RetryAfter} {plan.Error}");
        verdict.Require(!_isAwaited, "P3", $"attempt {request.Attempt} was made without HandleConnecting");
        verdict.Require(request.Uri == (_address ?? (IsRequested ? _begunWith : _configured)), "P10", $"attempt {request.Attempt} goes to an old address");
        Reached = request.Uri == _configured ? _configured : null;
        var isForeign = subject.Addresses.IsForeign(request.Uri!);
        verdict.Require(request.Uri!.Scheme == "wss" || !isForeign, "P12", $"attempt {request.Attempt} leaves TLS");
        verdict.Require(request.IsForeignOrigin == isForeign, "P12", $"attempt {request.Attempt} takes {request.Uri.Host} for {(isForeign ? "an own" : "a foreign")} origin");
        request.Headers.TryGetValue("X-Session", out var session);
        verdict.Require((string?)session == _session, "P10", $"attempt {request.Attempt} has lost what the handler has set, or has that of another attempt");
        request.Headers.TryGetValue("X-Token", out var sent);
        verdict.Require((string?)sent == (isForeign ? null : Token), isForeign ? "P12" : "P10", $"attempt {request.Attempt} to {request.Uri.Host} brings {(sent.Count == 0 ? "no" : "a wrong")} token");
        verdict.Require(request.Headers.ContainsKey("X-Key") != isForeign, "P12", $"attempt {request.Attempt} to {request.Uri.Host} {(isForeign ? "has" : "lacks")} the configured headers");
    }

    /// <summary>True where an address is that of the configuration, or one that the handler has set.</summary>
    public bool IsCurrent(Uri address) => subject.Addresses.Has(address) || address.AbsolutePath == "/resume";

    private void OnEnded()
    {
        EndedAt = subject.Time.Elapsed;
        if (EndedAt - _beganAt >= subject.Options.ConnectTimeout)
        {
            _overruns.Add(EndedAt);
        }
    }
}
