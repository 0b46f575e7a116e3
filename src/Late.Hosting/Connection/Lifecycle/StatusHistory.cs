using static Late.Hosting.LateConnectionState;

namespace Late.Hosting.Connection.Lifecycle;

/// <summary>What the connection's phases look like from outside; written under the lifecycle's lock.</summary>
internal sealed class StatusHistory
{
    private volatile StatusChange _last;

    public StatusHistory(DateTimeOffset now) =>
        _last = new StatusChange(new LateConnectionStatus { State = NotStarted, Since = now, Reason = "The connection is not started." }, now);

    /// <summary>The last change; later ones follow it.</summary>
    public StatusChange Last => _last;

    public LateConnectionStatus Current => _last.Latest;

    /// <summary>Whether the present life has ever been ready.</summary>
    public bool WasReady { get; private set; }

    /// <summary>Since when the connection is not ready, over all states and attempts; null while it is, and while it stands by.</summary>
    public DateTimeOffset? NotReadySince => _last.NotReadySince;

    /// <summary>The state that a phase is shown as.</summary>
    public static LateConnectionState StateOf(LifePhase life, SessionPhase session) => life switch
    {
        LifePhase.NotStarted => NotStarted,
        LifePhase.Standby => Standby,

        // The first life shows nothing before its first attempt, as before its start; a later one does.
        LifePhase.Starting => Connecting,
        LifePhase.Stopping => Stopping,
        LifePhase.Stopped => Stopped,
        LifePhase.Faulted or LifePhase.Retired => Faulted,
        _ => session switch
        {
            SessionPhase.Connecting => Connecting,
            SessionPhase.Opening or SessionPhase.Held or SessionPhase.Releasing => Connected,
            SessionPhase.None or SessionPhase.Closing or SessionPhase.HeldClose or SessionPhase.Closed => LateConnectionState.Reconnecting,
            _ => Ready,
        },
    };

    public void Add(DateTimeOffset now, LateConnectionState to, string reason, Exception? exception = null, int? attempt = null, bool isRestarting = false)
    {
        var from = Current;
        WasReady |= to == Ready;
        var status = new LateConnectionStatus
        {
            State = to,
            Since = now,
            Reason = reason,
            Exception = exception,
            Attempt = attempt ?? from.Attempt,
            IsRestarting = isRestarting,
        };
        _last = _last.Next = new StatusChange(status, to is Ready or Standby ? null : from.State is Ready or NotStarted or Standby ? now : NotReadySince);
    }

    /// <summary>Notes what becomes known within a state: no change, and not for watchers.</summary>
    public void Amend(LateConnectionState state, Func<LateConnectionStatus, LateConnectionStatus> amend)
    {
        if (Current.State == state)
        {
            _last.Latest = amend(Current);
        }
    }

    /// <summary>A new life has never been ready.</summary>
    public void BeginLife() => WasReady = false;
}
