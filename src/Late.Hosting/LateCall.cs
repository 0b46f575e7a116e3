using Late.Hosting.Connection;

namespace Late.Hosting;

/// <summary>A call that waits for its reply, whatever the reply's type.</summary>
public abstract class LateCall
{
    private readonly Lock _gate = new();
    private readonly CallOrigin _origin;
    private ITimer? _timeout;
    private CancellationTokenRegistration _cancellation;
    private Action<LateCall>? _ended;
    private CallProgress _progress;

    private protected LateCall(CallOrigin origin) => _origin = origin;

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
        if (!TryEnd())
        {
            return false;
        }

        SetException(exception);
        return true;
    }

    /// <summary>Starts the clock and listens to the caller's token.</summary>
    internal void Start(TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (timeout != Timeout.InfiniteTimeSpan)
        {
            SetTimer(_origin.Time.CreateTimer(static call => ((LateCall)call!).OnTimeout(), this, timeout, Timeout.InfiniteTimeSpan));
        }

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
        if (TryEnd(out var delivery))
        {
            SetException(failure.ToException(_origin.ConnectionName, delivery));
        }
    }

    /// <summary>Ends the call, once.</summary>
    private protected bool TryEnd() => TryEnd(out _);

    private protected abstract void SetException(Exception exception);

    private protected abstract void SetCancelled(CancellationToken cancellationToken);

    private bool TryEnd(out LateDelivery delivery)
    {
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
            (ended, _ended) = (_ended, null);
            (timeout, cancellation) = (_timeout, _cancellation);
        }

        timeout?.Dispose();
        cancellation.Unregister();
        ended?.Invoke(this);
        return true;
    }

    private void OnTimeout()
    {
        if (TryEnd(out var delivery))
        {
            SetException(_origin.TimeoutException(delivery));
        }
    }

    private void OnCancelled(CancellationToken cancellationToken)
    {
        if (TryEnd(out _))
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
