using Late.Hosting.Connection.Lifecycle;
using Late.Hosting.Connection.Mailboxes;
using Late.Hosting.Connection.Sessions;
using Late.Hosting.Diagnostics;
using Late.Hosting.Locking;

namespace Late.Hosting.Connection.Calls;

/// <summary>
/// A call from its caller to its end, whatever its types: it waits in the mailbox, then in its session for the
/// handler's reply, and ends once (promise P5).
/// </summary>
/// <remarks>Its lock is the call itself: a separate lock would be one more object for each call.</remarks>
internal abstract class PendingCall(CallContext context, Mailbox mailbox) : MailboxItem, IPendingCall
{
    private SessionCalls? _session;
    private ITimer? _timeout;
    private CancellationTokenRegistration _cancellation;
    private KeptCall? _kept;
    private CallProgress _progress;
    private CallOutcome _outcome;
    private CallDue _due;
    private long _measuredFrom;

    /// <summary>The call as its handler sees it.</summary>
    public abstract LateCall Call { get; }

    /// <summary>Notified of the call's end; null where it is not needed.</summary>
    public CallTelemetry? Telemetry { private get; init; }

    /// <summary>True where a caller waits for it.</summary>
    public virtual bool HasCaller => true;

    public bool IsEnded => _progress == CallProgress.Ended;

    public KeptCall? Kept
    {
        get
        {
            using (Gate.EnterOwn(this))
            {
                return _kept;
            }
        }
    }

    public long Session { get; private protected set; }

    /// <summary>The call's place in the clock that it shares with others; the clock's own.</summary>
    public ref CallDue Due => ref _due;

    public override string CallbackName => "HandleCall";

    /// <summary>Starts the clock: the one for all calls, or where the call has a timeout of its own, one for it.</summary>
    public void StartClock(TimeSpan? ownTimeout, TimeSpan defaultTimeout)
    {
        var now = Math.Max(1, context.Time.GetTimestamp());
        _measuredFrom = context.Calls.Measures(now) || Telemetry?.Span is not null ? now : 0;
        var timeout = ownTimeout ?? defaultTimeout;
        if (timeout != Timeout.InfiniteTimeSpan && (ownTimeout is not null || !context.Clock.TryAdd(this, now, timeout)))
        {
            SetTimer(context.Time.CreateTimer(static call => ((PendingCall)call!).OnTimeout(), this, timeout, Timeout.InfiniteTimeSpan));
        }
    }

    /// <summary>Ends the call when its caller cancels it.</summary>
    public void ListenTo(CancellationToken cancellationToken)
    {
        if (cancellationToken.CanBeCanceled)
        {
            SetCancellation(cancellationToken.UnsafeRegister(static (call, token) => ((PendingCall)call!).OnCanceled(token), this));
        }
    }

    /// <summary>Notifies the session when the call ends; false where it has ended.</summary>
    public bool TryKeepIn(SessionCalls session)
    {
        using (Gate.EnterOwn(this))
        {
            if (_progress == CallProgress.Ended)
            {
                return false;
            }

            _session = session;
            return true;
        }
    }

    public void Keep(KeptCall entry)
    {
        using (Gate.EnterOwn(this))
        {
            (entry.Before, _kept) = (_kept, entry);
            if (_progress != CallProgress.Ended)
            {
                return;
            }
        }

        entry.OnEnded(Call);
    }

    public bool Fail(Exception exception)
    {
        if (!TryEnd(CallOutcome.Failed, out _, exception))
        {
            return false;
        }

        SetException(exception);
        return true;
    }

    public override bool TryFail(Exception exception) => Fail(exception);

    public InvalidOperationException OtherReply(object key, Type reply) => new(
        $"The call under {key} waits for another reply than {TypeName.Of(reply)}: it is a {TypeName.Of(Call.GetType().GenericTypeArguments[0])}'s.");

    /// <summary>Fails the call because the connection cannot carry it; the exception states whether the handler received it.</summary>
    public override void Refuse(ConnectionFailure failure)
    {
        if (TryEnd(CallOutcome.Disconnected, out var delivery))
        {
            SetException(failure.ToException(context.ConnectionName, delivery));
        }
    }

    /// <summary>The call's time has passed.</summary>
    public void OnTimeout()
    {
        if (TryEnd(CallOutcome.TimedOut, out var delivery))
        {
            SetException(context.TimeoutException(delivery));
        }
    }

    /// <summary>Called when the handler is about to see the call; false where the call has ended.</summary>
    private protected bool TryDeliver()
    {
        using (Gate.EnterOwn(this))
        {
            if (_progress != CallProgress.Waiting)
            {
                return false;
            }

            _progress = CallProgress.Delivered;
            return true;
        }
    }

    /// <summary>
    /// <c>HandleCall</c> has completed, of a handler that is to be notified where the call ends by its timeout or its caller's cancellation,
    /// or has ended so meanwhile (promise P19).
    /// </summary>
    private protected void Take(Session session)
    {
        using (Gate.EnterOwn(this))
        {
            if (_progress != CallProgress.Ended)
            {
                _progress = CallProgress.Taken;
                return;
            }
        }

        NotifyEnd(session);
    }

    /// <summary>What runs the callback that the handler is notified by.</summary>
    private protected abstract MailboxItem ToEndItem(LateCallEndReason reason);

    /// <summary>Ends the call with a reply, once.</summary>
    private protected bool TryEnd() => TryEnd(CallOutcome.Replied, out _);

    private protected abstract void SetException(Exception exception);

    private protected abstract void SetCanceled(CancellationToken cancellationToken);

    private bool TryEnd(CallOutcome outcome, out LateDelivery delivery, Exception? exception = null)
    {
        SessionCalls? session;
        KeptCall? kept;
        bool isTaken;
        ITimer? timeout;
        CancellationTokenRegistration cancellation;
        using (Gate.EnterOwn(this))
        {
            delivery = _progress == CallProgress.Waiting ? LateDelivery.NotDelivered : LateDelivery.Unknown;
            if (_progress == CallProgress.Ended)
            {
                return false;
            }

            isTaken = _progress == CallProgress.Taken;
            (_progress, _outcome) = (CallProgress.Ended, outcome);
            (session, _session) = (_session, null);
            kept = _kept;
            (timeout, cancellation) = (_timeout, _cancellation);
        }

        context.Clock.Remove(this);
        if (HasCaller)
        {
            Record(outcome, delivery, exception);
        }

        timeout?.Dispose();
        cancellation.Unregister();
        if (delivery == LateDelivery.NotDelivered)
        {
            mailbox.Withdraw(this);
        }

        if (isTaken)
        {
            // Before the session knows the end: one that drains does not close without the callback.
            NotifyEnd(session!.Session);
        }

        session?.Remove(this);
        for (; kept is not null; kept = kept.Before)
        {
            kept.OnEnded(Call);
        }

        return true;
    }

    private void NotifyEnd(Session session)
    {
        if (_outcome is CallOutcome.TimedOut or CallOutcome.Canceled)
        {
            mailbox.SubmitOwn(ToEndItem(_outcome == CallOutcome.TimedOut ? LateCallEndReason.TimedOut : LateCallEndReason.Canceled), session);
        }
    }

    private void Record(CallOutcome outcome, LateDelivery delivery, Exception? exception)
    {
        if (_measuredFrom != 0)
        {
            RecordDuration(outcome, delivery, exception);
        }

        // After its duration is noted: what was computed for so many calls knows all of them.
        context.Calls.Count(outcome != CallOutcome.Replied);
    }

    private void RecordDuration(CallOutcome outcome, LateDelivery delivery, Exception? exception)
    {
        var duration = context.Time.GetElapsedTime(_measuredFrom);
        context.Calls.Note(duration);
        Telemetry?.End(outcome, delivery, duration, exception?.GetType());
    }

    private void OnCanceled(CancellationToken cancellationToken)
    {
        if (TryEnd(CallOutcome.Canceled, out _))
        {
            SetCanceled(cancellationToken);
        }
    }

    // The clock may fire, and the token be canceled, before they are kept: what comes too late is released immediately.
    private void SetTimer(ITimer timer)
    {
        using (Gate.EnterOwn(this))
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
        using (Gate.EnterOwn(this))
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
