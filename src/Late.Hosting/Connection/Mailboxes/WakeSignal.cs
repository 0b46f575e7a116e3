using System.Threading.Tasks.Sources;

namespace Late.Hosting.Connection.Mailboxes;

/// <summary>
/// Wakes one waiter, without an allocation. A signal that comes before the wait is kept; several are one.
/// </summary>
internal sealed class WakeSignal : IValueTaskSource, IThreadPoolWorkItem
{
    private const int Idle = 0;
    private const int Signalled = 1;
    private const int Waiting = 2;

    private ManualResetValueTaskSourceCore<bool> _core;
    private int _state;

    /// <summary>True while there is a waiter.</summary>
    public bool IsAwaited => Volatile.Read(ref _state) == Waiting;

    /// <summary>
    /// Wakes the waiter, or the next one. It continues on another thread: signalers hold locks, or are callers with work of
    /// their own.
    /// </summary>
    public void Set()
    {
        if (TryWake())
        {
            // Behind what the thread has queued for itself: mostly other callers, which add to the same burst.
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    /// <summary>Wakes the waiter, which continues here and now; for a thread that has nothing else to do.</summary>
    public void SetAndRun()
    {
        if (TryWake())
        {
            _core.SetResult(true);
        }
    }

    /// <summary>Waits for a signal; for one waiter at a time.</summary>
    public ValueTask WaitAsync()
    {
        if (Interlocked.CompareExchange(ref _state, Idle, Signalled) == Signalled)
        {
            return default;
        }

        _core.Reset();
        if (Interlocked.CompareExchange(ref _state, Waiting, Idle) == Signalled)
        {
            // Before the waiter looks again: a signal that still saw the one that is taken here has then been looked at.
            Interlocked.Exchange(ref _state, Idle);
            return default;
        }

        return new ValueTask(this, _core.Version);
    }

    void IThreadPoolWorkItem.Execute() => _core.SetResult(true);

    void IValueTaskSource.GetResult(short token) => _core.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    /// <summary>True where a waiter is to continue: exactly one caller gets it.</summary>
    private bool TryWake() =>
        Interlocked.CompareExchange(ref _state, Signalled, Idle) == Waiting
        && Interlocked.CompareExchange(ref _state, Idle, Waiting) == Waiting;
}
