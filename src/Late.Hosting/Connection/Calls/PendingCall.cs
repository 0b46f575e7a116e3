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
internal abstract class PendingCall(CallContext context, Mailbox mailbox) : TabledCall(context), IPendingCall
{
    private SessionCalls? _session;

    /// <summary>True where a caller waits for it.</summary>
    public virtual bool HasCaller => true;

    /// <summary>True where a session that drains waits for it: for its reply, or for the handler to learn of its end.</summary>
    public bool IsAwaited => HasCaller && (!IsEnded || IsEnding);

    public long Session { get; private protected set; }

    public override bool IsCall => true;

    public override string CallbackName => "HandleCall";

    /// <summary>Notifies the session when the call ends; false where it has ended.</summary>
    public bool TryKeepIn(SessionCalls session)
    {
        using (Gate.EnterOwn(this))
        {
            if (IsOver)
            {
                return false;
            }

            _session = session;
            return true;
        }
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

    public override bool TryFail(Exception exception)
    {
        using (Gate.EnterOwn(this))
        {
            // It was not taken, and there is no end to notify.
            IsHandled = false;
        }

        return Fail(exception);
    }

    public virtual InvalidOperationException OtherReply(object key, Type reply) => new(
        $"The call under {key} waits for another reply than {TypeName.Of(reply)}: it is a {TypeName.Of(Call.GetType().GenericTypeArguments[0])}'s. Reply with that.");

    /// <summary>Fails the call because the connection cannot carry it; the exception states whether the handler received it.</summary>
    public override void Refuse(ConnectionFailure failure)
    {
        // Before it ends: the report counts it.
        failure = IsEnded || failure.HasReport ? failure : failure.With(Context.Report());
        if (TryEnd(CallOutcome.Disconnected, out var delivery))
        {
            SetException(failure.ToException(Context.ConnectionName, delivery));
        }
    }

    public override void OnTimeout() => TimeOut(onlyWithoutSlot: false);

    private protected override void OnQueueTimeout() => TimeOut(onlyWithoutSlot: true);

    public override void OnLimited()
    {
        using (Gate.EnterOwn(this))
        {
            if (!IsOver)
            {
                IsLimited = true;
                return;
            }
        }

        // It has ended as a call without a limit, before it was known to have a slot or to wait for one.
        mailbox.Withdraw(this);
        mailbox.ReleaseSlot(this);
    }

    /// <summary>The handler does not wait for the server's answer to a canceled call.</summary>
    public void ReleaseSlot() => TryEnd(CallOutcome.Disconnected, out _);

    /// <summary>
    /// The handler is about to see the call, and its session has it: it counts against a limit that was set since it began. A reload that
    /// comes later finds it there.
    /// </summary>
    private protected void CountTaken()
    {
        if (!IsLimited && mailbox.LacksSlot(this))
        {
            mailbox.CountCalls([this], areAll: false);
        }
    }

    /// <summary>Called when the handler is about to see the call; false where the call has ended.</summary>
    /// <param name="isTaken">True where <see cref="Take"/> follows when <c>HandleCall</c> has completed, unless it throws.</param>
    private protected bool TryDeliver(bool isTaken = false)
    {
        using (Gate.EnterOwn(this))
        {
            if (Progress != CallProgress.Waiting)
            {
                return false;
            }

            (Progress, IsHandled) = (CallProgress.Delivered, isTaken);
            return true;
        }
    }

    /// <summary>
    /// <c>HandleCall</c> has completed, of a handler that is to be notified where the call ends by its timeout or its caller's cancellation,
    /// or has ended so meanwhile (promise P19).
    /// </summary>
    private protected void Take(Session session)
    {
        bool releasesSlot;
        using (Gate.EnterOwn(this))
        {
            (IsHandled, releasesSlot) = (false, AwaitsRelease);
            if (Progress == CallProgress.Delivered)
            {
                Progress = CallProgress.Taken;
                return;
            }
        }

        NotifyEnd(session);
        if (releasesSlot)
        {
            ReleaseSlot();
        }
    }

    /// <summary>What runs the callback that the handler is notified by.</summary>
    private protected abstract MailboxItem ToEndItem(LateCallEndReason reason);

    /// <summary>Ends the call with a reply, once.</summary>
    private protected bool TryEnd() => TryEnd(CallOutcome.Replied, out _);

    /// <summary>Ends the call as one that its caller cancels, once: its replies have no reader.</summary>
    private protected bool TryCancel() => TryEnd(CallOutcome.Canceled, out _);

    /// <summary>What the caller gets when its time has passed.</summary>
    private protected virtual LateCallTimeoutException ToTimeout(LateDelivery delivery, WorkReport report) => Context.TimeoutException(delivery, report);

    private protected abstract void SetException(Exception exception);

    private protected abstract void SetCanceled(CancellationToken cancellationToken);

    /// <summary>Ends the call, once. What comes after its caller has canceled it ends its slot.</summary>
    /// <param name="outcome">How it ends.</param>
    /// <param name="delivery">Whether the handler saw it.</param>
    /// <param name="exception">What it fails with, where the handler fails it.</param>
    /// <param name="onlyWithoutSlot">Only where it waits for a slot.</param>
    /// <returns>False where it had ended already.</returns>
    private bool TryEnd(CallOutcome outcome, out LateDelivery delivery, Exception? exception = null, bool onlyWithoutSlot = false)
    {
        bool isFirst;
        bool isTaken;
        bool keepsSlot;
        SessionCalls? session;
        using (Gate.EnterOwn(this))
        {
            delivery = Progress == CallProgress.Waiting ? LateDelivery.NotDelivered : LateDelivery.Unknown;
            isFirst = !IsEnded;
            if (IsOver || (!isFirst && outcome == CallOutcome.Canceled) || (onlyWithoutSlot && !WaitsForSlot))
            {
                return false;
            }

            IsEnding = isTaken = Progress == CallProgress.Taken;
            Outcome = isFirst ? outcome : Outcome;
            keepsSlot = IsLimited && outcome == CallOutcome.Canceled && delivery == LateDelivery.Unknown;
            if (IsLimited && IsHandled && IsNotified && outcome is not (CallOutcome.Canceled or CallOutcome.Disconnected))
            {
                // The callback that the handler is notified by precedes the next call, and HandleCall still runs.
                keepsSlot = AwaitsRelease = true;
            }

            Progress = keepsSlot ? CallProgress.Canceled : CallProgress.Ended;
            session = _session;
            _session = keepsSlot ? session : null;
        }

        if (isFirst && HasCaller)
        {
            Record(outcome, delivery, exception);
        }

        if (isTaken)
        {
            // Before the session and the slots know the end: one that drains does not close without the callback, which precedes the next call.
            NotifyEnd(session!.Session);
            IsEnding = false;
        }

        if (keepsSlot)
        {
            if (outcome == CallOutcome.Canceled)
            {
                LimitSlot();
            }

            session?.Session.Drain.OnCallEnded();
            return isFirst;
        }

        EndTimes();
        if (delivery == LateDelivery.NotDelivered)
        {
            mailbox.Withdraw(this);
        }

        session?.Remove(this);
        RemoveEntries();
        if (IsLimited)
        {
            mailbox.ReleaseSlot(this);
        }

        return isFirst;
    }

    private void TimeOut(bool onlyWithoutSlot)
    {
        // Before it ends: the report counts it, and none that follows it.
        var report = IsEnded ? null : Context.Report();
        if (TryEnd(CallOutcome.TimedOut, out var delivery, onlyWithoutSlot: onlyWithoutSlot))
        {
            SetException(ToTimeout(delivery, report!));
        }
    }

    private void NotifyEnd(Session session)
    {
        if (IsNotified)
        {
            mailbox.SubmitOwn(ToEndItem(Outcome == CallOutcome.TimedOut ? LateCallEndReason.TimedOut : LateCallEndReason.Canceled), session);
        }
    }

    private protected override void OnCanceled(CancellationToken cancellationToken)
    {
        if (TryEnd(CallOutcome.Canceled, out _))
        {
            SetCanceled(cancellationToken);
        }
    }
}
