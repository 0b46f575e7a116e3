using Late.Hosting.Connection.Calls;
using Late.Hosting.Connection.Lifecycle;
using Late.Hosting.Diagnostics;

namespace Late.Hosting;

/// <summary>A call that waits for its reply, whatever the reply's type.</summary>
public abstract class LateCall
{
    private readonly CallContext _origin;
    private readonly object _gate;
    private ICallKeeper? _keeper;
    private ITimer? _timeout;
    private CancellationTokenRegistration _cancellation;
    private Action<LateCall>? _ended;
    private CallProgress _progress;
    private CallDue _due;
    private long _measuredFrom;
    private CallTelemetry? _telemetry;

    // Any object of the call's own can be its gate: a lock beside it would be one object more for each call.
    private protected LateCall(CallContext origin, object gate) => (_origin, _gate) = (origin, gate);

    /// <summary>
    /// True when the call has its reply, or has failed, timed out or been cancelled. Work for it may stop then.
    /// </summary>
    public bool IsEnded => _progress == CallProgress.Ended;

    /// <summary>Fails the call: the exception is thrown to the caller. (Late: <c>reply/2</c> with an error.)</summary>
    /// <param name="exception">The exception.</param>
    /// <returns>False where the call had ended already; then nothing changes.</returns>
    public bool Fail(Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        if (!TryEnd(CallOutcome.Failed, out _, exception))
        {
            return false;
        }

        SetException(exception);
        return true;
    }

    /// <summary>The call's place in the clock that it shares with others; the clock's own.</summary>
    internal ref CallDue Due => ref _due;

    /// <summary>Tells somebody, when the call ends; before its clock starts.</summary>
    internal void TellEnd(CallTelemetry? telemetry) => _telemetry = telemetry;

    /// <summary>Starts the clock: the one for all calls, or where the call has a timeout of its own, one for it.</summary>
    internal void StartClock(TimeSpan? ownTimeout, TimeSpan defaultTimeout)
    {
        var now = Math.Max(1, _origin.Time.GetTimestamp());
        _measuredFrom = _origin.Calls.Measures(now) || _telemetry?.Span is not null ? now : 0;
        var timeout = ownTimeout ?? defaultTimeout;
        if (timeout != Timeout.InfiniteTimeSpan && (ownTimeout is not null || !_origin.Clock.TryAdd(this, now, timeout)))
        {
            SetTimer(_origin.Time.CreateTimer(static call => ((LateCall)call!).OnTimeout(), this, timeout, Timeout.InfiniteTimeSpan));
        }
    }

    /// <summary>Ends the call when its caller cancels it.</summary>
    internal void ListenTo(CancellationToken cancellationToken)
    {
        if (cancellationToken.CanBeCanceled)
        {
            SetCancellation(cancellationToken.UnsafeRegister(static (call, token) => ((LateCall)call!).OnCancelled(token), this));
        }
    }

    /// <summary>Called when the handler is about to see the call; false where the call has ended.</summary>
    internal bool TryDeliver()
    {
        lock (_gate)
        {
            if (_progress != CallProgress.Waiting)
            {
                return false;
            }

            _progress = CallProgress.Delivered;
            return true;
        }
    }

    /// <summary>Says who keeps the call from here on, and is told when it ends; now, where it has.</summary>
    internal void KeepIn(ICallKeeper keeper)
    {
        lock (_gate)
        {
            if (_progress != CallProgress.Ended)
            {
                _keeper = keeper;
                return;
            }
        }

        keeper.Forget(this);
    }

    /// <summary>Adds what is to be done when the call ends, however it ends; does it now where it has.</summary>
    internal void WhenEnded(Action<LateCall> action)
    {
        lock (_gate)
        {
            if (_progress != CallProgress.Ended)
            {
                _ended += action;
                return;
            }
        }

        action(this);
    }

    /// <summary>Fails the call because the connection cannot carry it; says whether the handler saw it.</summary>
    internal void FailWith(ConnectionFailure failure)
    {
        if (TryEnd(CallOutcome.Disconnected, out var delivery))
        {
            SetException(failure.ToException(_origin.ConnectionName, delivery));
        }
    }

    /// <summary>Ends the call with a reply, once.</summary>
    private protected bool TryEnd() => TryEnd(CallOutcome.Replied, out _);

    private protected abstract void SetException(Exception exception);

    private protected abstract void SetCancelled(CancellationToken cancellationToken);

    private bool TryEnd(CallOutcome outcome, out LateDelivery delivery, Exception? exception = null)
    {
        ICallKeeper? keeper;
        Action<LateCall>? ended;
        ITimer? timeout;
        CancellationTokenRegistration cancellation;
        lock (_gate)
        {
            delivery = _progress == CallProgress.Waiting ? LateDelivery.NotDelivered : LateDelivery.Unknown;
            if (_progress == CallProgress.Ended)
            {
                return false;
            }

            _progress = CallProgress.Ended;
            (keeper, _keeper) = (_keeper, null);
            (ended, _ended) = (_ended, null);
            (timeout, cancellation) = (_timeout, _cancellation);
        }

        _origin.Clock.Remove(this);
        if (_measuredFrom != 0)
        {
            TellDuration(outcome, delivery, exception);
        }

        // After its duration is noted: what was computed for so many calls knows all of them.
        _origin.Calls.Count(outcome != CallOutcome.Replied);
        timeout?.Dispose();
        cancellation.Unregister();
        keeper?.Forget(this);
        ended?.Invoke(this);
        return true;
    }

    private void TellDuration(CallOutcome outcome, LateDelivery delivery, Exception? exception)
    {
        var duration = _origin.Time.GetElapsedTime(_measuredFrom);
        _origin.Calls.Note(duration);
        _telemetry?.End(outcome, delivery, duration, exception?.GetType());
    }

    /// <summary>The call's time has passed.</summary>
    internal void OnTimeout()
    {
        if (TryEnd(CallOutcome.TimedOut, out var delivery))
        {
            SetException(_origin.TimeoutException(delivery));
        }
    }

    private void OnCancelled(CancellationToken cancellationToken)
    {
        if (TryEnd(CallOutcome.Cancelled, out _))
        {
            SetCancelled(cancellationToken);
        }
    }

    // The clock may fire, and the token be cancelled, before they are kept: what comes too late is given back at once.
    private void SetTimer(ITimer timer)
    {
        lock (_gate)
        {
            if (_progress != CallProgress.Ended)
            {
                _timeout = timer;
                return;
            }
        }

        timer.Dispose();
    }

    private void SetCancellation(CancellationTokenRegistration registration)
    {
        lock (_gate)
        {
            if (_progress != CallProgress.Ended)
            {
                _cancellation = registration;
                return;
            }
        }

        registration.Unregister();
    }
}
