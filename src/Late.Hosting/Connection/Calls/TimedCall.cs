using Late.Hosting.Connection.Mailboxes;
using Late.Hosting.Diagnostics;
using Late.Hosting.Locking;

namespace Late.Hosting.Connection.Calls;

/// <summary>
/// The times of a call: how long it may wait for a slot, where it needs one, and then for its reply; and the token of its caller.
/// </summary>
/// <remarks>Its lock is the call itself: a separate lock would be one more object for each call.</remarks>
internal abstract class TimedCall(CallContext context) : MailboxItem
{
    private CancellationTokenRegistration _cancellation;
    private ITimer? _timeout;
    private CallDue _due;
    private volatile bool _isEnding;
    private volatile CallProgress _progress;

    /// <summary>Notified of the call's end; null where it is not needed.</summary>
    public CallTelemetry? Telemetry { private protected get; init; }

    public bool IsEnded => Progress >= CallProgress.Canceled;

    /// <summary>True where the call has ended and keeps no slot.</summary>
    public bool IsOver => Progress == CallProgress.Ended;

    /// <summary>The call's place in the clock that it shares with others; the clock's own.</summary>
    public ref CallDue Due => ref _due;

    // Its clock starts with its slot.
    public override bool AwaitsAcceptance => IsLimited;

    protected CallContext Context { get; } = context;

    /// <summary>Written under the call's lock.</summary>
    private protected CallProgress Progress { get => _progress; set => _progress = value; }

    /// <summary>How it has ended first. Next to the progress it makes no call larger.</summary>
    private protected CallOutcome Outcome { get; set; }

    /// <summary>True while its end is on its way to the handler. Next to the progress it makes no call larger.</summary>
    private protected bool IsEnding { get => _isEnding; set => _isEnding = value; }

    /// <summary>True while <c>HandleCall</c> runs, of a handler that is to be notified of the call's end. Written under the call's lock.</summary>
    private protected bool IsHandled { get; set; }

    /// <summary>True where the call has ended meanwhile, and its slot is to be released after that. Written under the call's lock.</summary>
    private protected bool AwaitsRelease { get; set; }

    /// <summary>True where it has ended in a way that the handler is notified of.</summary>
    private protected bool IsNotified => Outcome is CallOutcome.TimedOut or CallOutcome.Canceled;

    /// <summary>The timestamp of its beginning.</summary>
    public long BeganAt { get; private set; }

    /// <summary>True where its duration is the time that its reply takes.</summary>
    private protected virtual bool HasOneReply => true;

    /// <summary>True where its times are measured.</summary>
    private protected bool IsMeasured { get; private set; }

    /// <summary>True where it waits for a slot; under the call's lock.</summary>
    private protected bool WaitsForSlot => _timeout is SlotWait;

    /// <summary>
    /// Starts the clock: the one for all calls, or where the call has a timeout of its own, one for it. That of a call that needs a slot
    /// starts with it.
    /// </summary>
    public void StartClock(TimeSpan? ownTimeout, TimeSpan defaultTimeout)
    {
        var now = Math.Max(1, Context.Time.GetTimestamp());
        BeganAt = now;
        IsMeasured = Context.Calls.Measures(now) || Telemetry?.Span is not null;
        if (IsLimited)
        {
            _timeout = new SlotWait(ownTimeout, defaultTimeout);
        }
        else
        {
            BeginTime(now, ownTimeout, defaultTimeout);
        }
    }

    /// <summary>Ends the call when its caller cancels it.</summary>
    public void ListenTo(CancellationToken cancellationToken)
    {
        if (cancellationToken.CanBeCanceled)
        {
            SetCancellation(cancellationToken.UnsafeRegister(static (call, token) => ((TimedCall)call!).OnCanceled(token), this));
        }
    }

    /// <summary>The call waits for a slot: it ends where it has none in time.</summary>
    public void WaitForSlot(TimeSpan timeout)
    {
        var timer = Context.Time.CreateTimer(static call => ((TimedCall)call!).OnQueueTimeout(), this, timeout, Timeout.InfiniteTimeSpan);
        using (Gate.EnterOwn(this))
        {
            if (_timeout is SlotWait wait && !IsEnded)
            {
                wait.Timer = timer;
                return;
            }
        }

        // It has its slot, or has ended, before it was seen to wait.
        timer.Dispose();
    }

    public override void Accept()
    {
        if (IsLimited)
        {
            BeginSlot();
        }
    }

    /// <summary>The call has its slot, and its clock starts.</summary>
    public void BeginSlot()
    {
        SlotWait? wait;
        using (Gate.EnterOwn(this))
        {
            wait = _timeout as SlotWait;
            if (wait is null || IsOver)
            {
                return;
            }

            _timeout = null;
        }

        wait.Dispose();
        BeginTime(Math.Max(1, Context.Time.GetTimestamp()), wait.OwnTimeout, wait.DefaultTimeout);
        if (IsOver)
        {
            // It may have ended before it was in the clock.
            Context.Clock.Remove(this);
        }
    }

    /// <summary>The call keeps its slot though its caller has gone: for <see cref="LateConnectionOptions.CallTimeout"/> at most, whatever its own timeout.</summary>
    private protected void LimitSlot()
    {
        // It may have reached the handler before its clock was started.
        BeginSlot();
        SetTimer(Context.CallTimeout);
    }

    /// <summary>The handler is about to see the call.</summary>
    private protected void NoteTaken()
    {
        if (IsMeasured)
        {
            Telemetry?.Taken(Context.Time.GetElapsedTime(BeganAt));
        }
    }

    /// <summary>The call has ended.</summary>
    private protected void Record(CallOutcome outcome, LateDelivery delivery, Exception? exception)
    {
        if (IsMeasured)
        {
            RecordDuration(outcome, delivery, exception);
        }

        // After its duration is noted: what was computed for so many calls knows all of them.
        Context.Calls.Count(outcome != CallOutcome.Replied);
    }

    /// <summary>The call's time has passed.</summary>
    public abstract void OnTimeout();

    /// <summary>The call's time to wait for a slot has passed.</summary>
    private protected abstract void OnQueueTimeout();

    /// <summary>The caller has canceled the call.</summary>
    private protected abstract void OnCanceled(CancellationToken cancellationToken);

    /// <summary>Its time begins: that until its reply.</summary>
    /// <param name="now">Since when, as a timestamp.</param>
    /// <param name="ownTimeout">The timeout of the call itself; null where it has none.</param>
    /// <param name="defaultTimeout">That of all calls.</param>
    private protected virtual void BeginTime(long now, TimeSpan? ownTimeout, TimeSpan defaultTimeout)
    {
        var timeout = ownTimeout ?? defaultTimeout;
        if (timeout != Timeout.InfiniteTimeSpan && (ownTimeout is not null || !Context.Clock.TryAdd(this, now, timeout)))
        {
            SetTimer(timeout);
        }
    }

    /// <summary>Ends all of its clocks.</summary>
    private protected virtual void EndTimes()
    {
        Context.Clock.Remove(this);
        _timeout?.Dispose();
        _cancellation.Unregister();
    }

    private void RecordDuration(CallOutcome outcome, LateDelivery delivery, Exception? exception)
    {
        var duration = Context.Time.GetElapsedTime(BeganAt);
        if (HasOneReply)
        {
            Context.Calls.Note(duration);
        }

        Telemetry?.End(outcome, delivery, duration, exception?.GetType());
    }

    // The clock may fire, and the token be canceled, before they are kept: what comes too late is released immediately.
    private void SetTimer(TimeSpan timeout)
    {
        var timer = Context.Time.CreateTimer(static call => ((TimedCall)call!).OnTimeout(), this, timeout, Timeout.InfiniteTimeSpan);
        using (Gate.EnterOwn(this))
        {
            if (!IsOver)
            {
                _timeout = _timeout is { } other ? new EitherTimer(other, timer) : timer;
                return;
            }
        }

        timer.Dispose();
    }

    private void SetCancellation(CancellationTokenRegistration registration)
    {
        using (Gate.EnterOwn(this))
        {
            if (!IsEnded)
            {
                _cancellation = registration;
                return;
            }
        }

        registration.Unregister();
    }
}
