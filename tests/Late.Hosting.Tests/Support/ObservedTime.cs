using Late.Hosting.Locking;
using Microsoft.Extensions.Time.Testing;

namespace Late.Hosting.Tests.Support;

/// <summary>
/// A clock in the test's hand that also shows which timers run: a test that advances the clock before a timer has been set
/// would never end.
/// </summary>
internal sealed class ObservedTime : FakeTimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<DateTimeOffset> _due = [];
    private readonly Dictionary<ITimer, TimeSpan> _undisposed = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ObservedTime()
        : base(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero))
    {
    }

    /// <summary>Runs wherever the connection takes a timestamp.</summary>
    public Action? Stamping { get; set; }

    /// <summary>Runs wherever the connection sets a timer, with its due time, before the timer is there.</summary>
    public Action<TimeSpan>? Creating { get; set; }

    /// <summary>Runs wherever the connection sets a timer that there is already, with its due time, before it is set.</summary>
    public Action<TimeSpan>? Changing { get; set; }

    public override long GetTimestamp()
    {
        Stamping?.Invoke();
        return base.GetTimestamp();
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Creating?.Invoke(dueTime);
        var timer = new ObservedTimer(base.CreateTimer(callback, state, dueTime, period), this);
        Note(timer, dueTime);
        return timer;
    }

    /// <summary>How many timers were last set to a time and are not disposed.</summary>
    public int Undisposed(TimeSpan dueTime)
    {
        lock (_gate)
        {
            return _undisposed.Values.Count(due => due == dueTime);
        }
    }

    private void Remove(ITimer timer)
    {
        lock (_gate)
        {
            _undisposed.Remove(timer);
        }
    }

    private void Note(ITimer timer, TimeSpan dueTime)
    {
        // A clock of a user's may run what is due on the thread that sets a timer.
        Gate.AssertNoneIsHeld();
        lock (_gate)
        {
            _due.Add(GetUtcNow() + dueTime);
            _undisposed[timer] = dueTime;
            _changed.TrySetResult();
            _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>Waits until a timer has been set that is due at a time, to the millisecond that timers count in.</summary>
    /// <param name="at">The time.</param>
    /// <param name="times">How many have been set by then, where an earlier one does not count.</param>
    public async Task TimerAsync(DateTimeOffset at, int times = 1)
    {
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (_due.Count(due => (due - at).Duration() <= TimeSpan.FromMilliseconds(1)) >= times)
                {
                    return;
                }

                changed = _changed.Task;
            }

            await changed.WaitAsync(TestContext.Current.CancellationToken);
        }
    }

    private sealed class ObservedTimer(ITimer timer, ObservedTime time) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            time.Changing?.Invoke(dueTime);
            var changed = timer.Change(dueTime, period);
            time.Note(this, dueTime);
            return changed;
        }

        public void Dispose()
        {
            time.Remove(this);
            timer.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }
    }
}
