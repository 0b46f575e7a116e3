using Late.Hosting.Connection.Lifecycle;

namespace Late.Hosting.Connection.Mailboxes;

/// <summary>
/// A post or a send: its sender waits for a moment in its life, with a token and perhaps a limit of time. A post that is
/// accepted immediately allocates nothing for a wait; any other code that ends an item finds its completion made: in
/// <see cref="Suspend"/>, before others can see it.
/// </summary>
internal abstract class SubmittedItem(ConnectionContext connection) : MailboxItem
{
    private TaskCompletionSource? _completion;
    private ITimer? _timeout;
    private CancellationTokenRegistration _cancellation;
    private CancellationToken _canceled;
    private int _isCanceled;
    private int _isDone;

    protected ConnectionContext Connection => connection;

    /// <summary>Whether a canceled sender takes the item back out of the mailbox.</summary>
    private protected abstract bool MayWithdrawOnceAccepted { get; }

    /// <summary>Whether the sender has been notified.</summary>
    private bool IsDone => Volatile.Read(ref _isDone) != 0;

    public override void Suspend() => EnsureCompletion();

    /// <summary>What the sender waits for.</summary>
    public ValueTask WaitAsync(TimeSpan? timeout, CancellationToken cancellationToken)
    {
        var completion = EnsureCompletion();
        if (completion.Task.IsCompleted)
        {
            return new ValueTask(completion.Task);
        }

        if (timeout is { } limit && limit != Timeout.InfiniteTimeSpan)
        {
            _timeout = connection.Time.CreateTimer(static item => ((SubmittedItem)item!).OnTimeout(), this, limit, Timeout.InfiniteTimeSpan);
        }

        _cancellation = cancellationToken.UnsafeRegister(static (item, token) => ((SubmittedItem)item!).OnCanceled(token), this);
        if (IsDone)
        {
            // Completed before the clock and the token were kept: no other code releases them.
            ReleaseClocks();
        }

        return new ValueTask(completion.Task);
    }

    private protected void Complete()
    {
        if (TryFinish())
        {
            _completion?.TrySetResult();
        }
    }

    private protected bool TryLose(ConnectionFailure failure, LateDelivery delivery)
    {
        if (!TryFinish())
        {
            return false;
        }

        EnsureCompletion().TrySetException(failure.ToException(connection.Name, delivery));
        OnFailed();
        return true;
    }

    /// <summary>The sender was notified that the item was not accepted.</summary>
    private protected virtual void OnFailed()
    {
    }

    /// <summary>Removes the item where its sender has canceled; where it is in no queue, its handling has begun.</summary>
    private protected void TryCancel()
    {
        if (Volatile.Read(ref _isCanceled) == 0 || !TryWithdraw() || !TryFinish())
        {
            return;
        }

        if (_canceled.IsCancellationRequested)
        {
            EnsureCompletion().TrySetCanceled(_canceled);
        }
        else
        {
            EnsureCompletion().TrySetException(ConnectionFailure.TimedOut(connection.Lifecycle, LateDelivery.NotDelivered, connection.Lifecycle.Report()));
            OnFailed();
        }
    }

    private protected virtual bool TryWithdraw() => connection.Mailbox.Withdraw(this, !MayWithdrawOnceAccepted);

    private TaskCompletionSource EnsureCompletion() =>
        _completion ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    private void OnTimeout() => Cancel();

    private void OnCanceled(CancellationToken cancellationToken)
    {
        _canceled = cancellationToken;
        Cancel();
    }

    private void Cancel()
    {
        Interlocked.Exchange(ref _isCanceled, 1);
        TryCancel();
    }

    private bool TryFinish()
    {
        if (Interlocked.Exchange(ref _isDone, 1) != 0)
        {
            return false;
        }

        ReleaseClocks();
        return true;
    }

    private void ReleaseClocks()
    {
        _timeout?.Dispose();
        _cancellation.Unregister();
    }
}
