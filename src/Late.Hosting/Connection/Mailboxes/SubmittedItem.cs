using Late.Hosting.Connection.Lifecycle;

namespace Late.Hosting.Connection.Mailboxes;

/// <summary>
/// A post or a send: its sender waits for a moment in its life, with a token and perhaps a limit of time. A post that is
/// accepted at once makes nothing for a wait; whoever else ends an item finds its completion made: in
/// <see cref="Suspend"/>, before others can see it.
/// </summary>
internal abstract class SubmittedItem(ConnectionContext connection) : MailboxItem
{
    private TaskCompletionSource? _completion;
    private ITimer? _timeout;
    private CancellationTokenRegistration _cancellation;
    private CancellationToken _cancelled;
    private int _isGivenUp;
    private int _isDone;

    protected ConnectionContext Connection => connection;

    /// <summary>Whether a cancelled sender takes the item back out of the mailbox.</summary>
    private protected abstract bool MayWithdrawOnceAccepted { get; }

    /// <summary>Whether the sender has been told already.</summary>
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

        _cancellation = cancellationToken.UnsafeRegister(static (item, token) => ((SubmittedItem)item!).OnCancelled(token), this);
        if (IsDone)
        {
            // Done before the clock and the token were kept: nobody else gives them back.
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

    /// <summary>The sender has been told that the item was not taken.</summary>
    private protected virtual void OnFailed()
    {
    }

    /// <summary>Takes the item back where its sender has given up; where it stands nowhere, its turn has come.</summary>
    private protected void TryGiveUp()
    {
        if (Volatile.Read(ref _isGivenUp) == 0 || !TryWithdraw() || !TryFinish())
        {
            return;
        }

        if (_cancelled.IsCancellationRequested)
        {
            EnsureCompletion().TrySetCanceled(_cancelled);
        }
        else
        {
            EnsureCompletion().TrySetException(ConnectionFailure.TimedOut(connection.Lifecycle, LateDelivery.NotDelivered));
            OnFailed();
        }
    }

    private protected virtual bool TryWithdraw() => connection.Mailbox.Withdraw(this, !MayWithdrawOnceAccepted);

    private TaskCompletionSource EnsureCompletion() =>
        _completion ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    private void OnTimeout() => GiveUp();

    private void OnCancelled(CancellationToken cancellationToken)
    {
        _cancelled = cancellationToken;
        GiveUp();
    }

    private void GiveUp()
    {
        Interlocked.Exchange(ref _isGivenUp, 1);
        TryGiveUp();
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
