using Late.Hosting.Locking;

namespace Late.Hosting.Connection.Calls;

/// <summary>
/// The clock of all calls that wait for <see cref="LateConnectionOptions.CallTimeout"/>: one timer, and a
/// list in the order in which they end. A timer for each would cost as much as the rest of a call.
/// </summary>
internal sealed class CallClock(TimeProvider time) : IDisposable
{
    private const long Never = long.MaxValue;

    private readonly Gate _gate = new();
    private TimedCall? _first;
    private TimedCall? _last;
    private volatile ITimer? _timer;
    private long _dueAt = Never;
    private int _unset;
    private volatile bool _isOver;

    /// <summary>Ends a call, which begins <paramref name="now"/>, after a time, unless it is removed before.</summary>
    /// <returns>False where an earlier call ends later, because the option was changed: it needs a timer of its own.</returns>
    public bool TryAdd(TimedCall call, long now, TimeSpan timeout)
    {
        // Rounded: as a floating-point number it may be a little less, and no call ends before its time.
        var due = now + (long)Math.Round(timeout.TotalSeconds * time.TimestampFrequency);
        using (_gate.Enter())
        {
            if (_isOver)
            {
                // The connection has ended, and refuses the call immediately.
                return true;
            }

            if (_last is not null && _last.Due.At > due)
            {
                return false;
            }

            Link(call, due);
            if (due >= _dueAt)
            {
                return true;
            }

            _dueAt = due;
        }

        Set();
        return true;
    }

    /// <summary>The call has ended; nothing where it is not in the list any more.</summary>
    public void Remove(TimedCall call)
    {
        using (_gate.Enter())
        {
            if (call.Due.At != 0)
            {
                Unlink(call);
            }
        }
    }

    public void Dispose()
    {
        using (_gate.Enter())
        {
            _isOver = true;
        }

        _timer?.Dispose();
    }

    /// <summary>
    /// Sets the timer to <see cref="_dueAt"/>, outside the lock: a clock may run what is due on the thread that sets it. One
    /// thread does; what another wants meanwhile it does too.
    /// </summary>
    /// <remarks>It stays set when the first call is removed: to look once too often costs less than to set it with every call.</remarks>
    private void Set()
    {
        if (Interlocked.Increment(ref _unset) > 1)
        {
            return;
        }

        var timer = _timer ??= time.CreateTimer(static clock => ((CallClock)clock!).Look(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        int seen;
        do
        {
            seen = Volatile.Read(ref _unset);
            var dueAt = Volatile.Read(ref _dueAt);
            if (dueAt != Never)
            {
                // Timers count in milliseconds: one that comes too early is set again, and not to zero.
                var left = Math.Ceiling(time.GetElapsedTime(time.GetTimestamp(), dueAt).TotalMilliseconds);
                timer.Change(TimeSpan.FromMilliseconds(Math.Max(0, left)), Timeout.InfiniteTimeSpan);
            }
        }
        while (Interlocked.Add(ref _unset, -seen) > 0);

        if (_isOver)
        {
            // The connection has ended while it was made.
            timer.Dispose();
        }
    }

    private void Look()
    {
        while (TakeDue() is { } call)
        {
            call.OnTimeout();
        }
    }

    private TimedCall? TakeDue()
    {
        using (_gate.Enter())
        {
            _dueAt = Never;
            if (_isOver || _first is not { } call)
            {
                return null;
            }

            if (call.Due.At <= time.GetTimestamp())
            {
                Unlink(call);
                return call;
            }

            _dueAt = call.Due.At;
        }

        Set();
        return null;
    }

    private void Link(TimedCall call, long due)
    {
        call.Due = new CallDue(due, _last, null);
        if (_last is null)
        {
            _first = call;
        }
        else
        {
            _last.Due.Next = call;
        }

        _last = call;
    }

    private void Unlink(TimedCall call)
    {
        var (previous, next) = (call.Due.Previous, call.Due.Next);
        if (previous is null)
        {
            _first = next;
        }
        else
        {
            previous.Due.Next = next;
        }

        if (next is null)
        {
            _last = previous;
        }
        else
        {
            next.Due.Previous = previous;
        }

        call.Due = default;
    }
}
