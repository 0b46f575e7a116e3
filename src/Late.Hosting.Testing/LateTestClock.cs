using System.Globalization;
using Late.Hosting.Locking;
using Microsoft.Extensions.Time.Testing;

namespace Late.Hosting.Testing;

/// <summary>
/// A clock that stands still until the test advances it, and knows the timers that are set on it: a test that advanced the
/// clock before the timer that it means is set would wait indefinitely. To set a timer is one step, whichever threads advance the clock.
/// </summary>
public sealed class LateTestClock : FakeTimeProvider
{
    private readonly Lock _gate = new();
    private readonly SortedSet<ClockTimer> _timers = new(ClockTimer.ByTime);
    private readonly Changes _changes = new();
    private readonly ITimer _alarm;
    private DateTimeOffset? _alarmAt;
    private long _settings;
    private int _running;

    /// <summary>Makes a clock that stands at the beginning of 2026.</summary>
    public LateTestClock()
        : this(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero))
    {
    }

    /// <summary>Makes a clock.</summary>
    /// <param name="startDateTime">Where it stands.</param>
    public LateTestClock(DateTimeOffset startDateTime)
        : base(startDateTime.ToUniversalTime())
    {
        // The one timer of the base: it fires when the clock has reached the time of our first timer.
        _alarm = base.CreateTimer(static clock => ((LateTestClock)clock!).OnAlarm(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Done with the next timer that is set or has run.</summary>
    internal Task NextChange => _changes.Next;

    /// <summary>When the next timer is due; null where none is set.</summary>
    internal DateTimeOffset? NextDue
    {
        get
        {
            lock (_gate)
            {
                return _timers.Min?.DueAt;
            }
        }
    }

    /// <summary>True when every timer that is due has run.</summary>
    internal bool IsSettled
    {
        get
        {
            var now = Now;
            lock (_gate)
            {
                return _running == 0 && !(_timers.Min?.DueAt <= now);
            }
        }
    }

    /// <summary>For tests of the clock: runs before a timer is set, on the thread that sets it.</summary>
    internal Action<ClockTimer>? Setting { get; set; }

    /// <summary>The same when the timer has been set.</summary>
    internal Action<ClockTimer>? WasSet { get; set; }

    /// <summary>Where it stands; it does not continue for being read here.</summary>
    /// <remarks>The base may find the alarm due when it is read: under the lock, timers that are due are run after it.</remarks>
    private DateTimeOffset Now
    {
        get
        {
            var amount = AutoAdvanceAmount;
            if (amount == TimeSpan.Zero)
            {
                return GetUtcNow();
            }

            AutoAdvanceAmount = TimeSpan.Zero;
            var now = GetUtcNow();
            AutoAdvanceAmount = amount;
            return now;
        }
    }

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        CreateTimer(callback, state, dueTime, period, owner: null);

    /// <summary>Sets the time of day, and leaves timers the time that they have still to wait.</summary>
    /// <param name="value">The time of day.</param>
    public new void AdjustTime(DateTimeOffset value)
    {
        lock (_gate)
        {
            // All by the same: their order stays.
            var change = value - Now;
            foreach (var timer in _timers)
            {
                timer.DueAt += change;
            }

            base.AdjustTime(value.ToUniversalTime());
            _alarmAt = null;
        }

        RunDue();
        _changes.Signal();
    }

    /// <summary>
    /// Waits until a timer is set that is due after a time, to the millisecond that timers count in. Then advance the clock.
    /// For the delay before an attempt there is <see cref="LateTestPeer.WaitForBackoffAsync"/>: another timer may have the same time.
    /// </summary>
    /// <param name="due">The time from now on this clock.</param>
    /// <returns>A task that completes when the timer is set.</returns>
    /// <exception cref="LateTestException">No such timer has been set within 30 seconds of real time.</exception>
    public async Task WaitForTimerAsync(TimeSpan due)
    {
        var at = GetUtcNow() + due;
        await Waiting.UntilAsync(
            () => HasTimerAt(at),
            () => NextChange,
            Waiting.DefaultLimit,
            () => $"Expected a timer that is due after {due}. {DescribeTimers()}").ConfigureAwait(false);
    }

    /// <summary>Makes a timer that <see cref="FindDelay"/> finds by its owner.</summary>
    internal ClockTimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period, object? owner)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new ClockTimer(this, callback, state, owner);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Advances the clock to a time, from timer to timer; no effect where it is past it.</summary>
    internal void AdvanceTo(DateTimeOffset at)
    {
        while (NextDue is { } next && next < at)
        {
            SetTo(next);
            RunDue();
        }

        SetTo(at);
        RunDue();
    }

    /// <summary>When the delay of a task ends that was made for an owner; null where no such task waits.</summary>
    internal DateTimeOffset? FindDelay(object owner)
    {
        lock (_gate)
        {
            return _timers.FirstOrDefault(timer => timer.Owner == owner && timer.IsDelay)?.DueAt;
        }
    }

    /// <summary>Sets a timer. One that is due immediately runs before this returns.</summary>
    /// <returns>False where it is disposed.</returns>
    internal bool Set(ClockTimer timer, TimeSpan dueTime, TimeSpan period)
    {
        // What is due runs here, and may be another connection's.
        Gate.AssertNoneIsHeld();
        Setting?.Invoke(timer);
        lock (_gate)
        {
            if (timer.IsDisposed)
            {
                return false;
            }

            timer.Period = period > TimeSpan.Zero ? period : null;
            Put(timer, dueTime < TimeSpan.Zero ? null : Now + dueTime);
        }

        _changes.Signal();
        WasSet?.Invoke(timer);
        RunDue();
        return true;
    }

    /// <summary>A timer is not due any more.</summary>
    internal void Remove(ClockTimer timer)
    {
        lock (_gate)
        {
            timer.IsDisposed = true;
            Put(timer, null);
        }

        _changes.Signal();
    }

    private void Put(ClockTimer timer, DateTimeOffset? dueAt)
    {
        if (timer.DueAt is not null)
        {
            _timers.Remove(timer);
        }

        (timer.DueAt, timer.Order) = (dueAt, ++_settings);
        if (dueAt is not null)
        {
            _timers.Add(timer);
        }
    }

    /// <summary>Runs the timers that are due, and sets the alarm for the next.</summary>
    private void RunDue()
    {
        while (TryTakeDue() is { } timer)
        {
            try
            {
                timer.Run();
            }
            finally
            {
                Interlocked.Decrement(ref _running);
                _changes.Signal();
            }
        }
    }

    private ClockTimer? TryTakeDue()
    {
        lock (_gate)
        {
            while (_timers.Min is { } first && first.DueAt is { } dueAt)
            {
                if (dueAt <= Now)
                {
                    Put(first, dueAt + first.Period);
                    Interlocked.Increment(ref _running);
                    return first;
                }

                if (_alarmAt == dueAt)
                {
                    break;
                }

                // The base starts from its present time, and is advanced without our lock: so the time is checked again.
                _alarmAt = dueAt;
                var now = Now;
                _alarm.Change(dueAt - now, Timeout.InfiniteTimeSpan);
                _alarmAt = Now == now ? _alarmAt : null;
            }

            return null;
        }
    }

    private void OnAlarm()
    {
        var isBeingSet = _gate.IsHeldByCurrentThread;
        lock (_gate)
        {
            _alarmAt = null;
        }

        if (!isBeingSet)
        {
            RunDue();
        }
    }

    private void SetTo(DateTimeOffset at)
    {
        try
        {
            SetUtcNow(at > Now ? at : Now);
        }
        catch (ArgumentOutOfRangeException) when (Now >= at)
        {
            // Another thread has advanced it past that time meanwhile.
        }
    }

    private bool HasTimerAt(DateTimeOffset at)
    {
        lock (_gate)
        {
            return _timers.Any(timer => (timer.DueAt!.Value - at).Duration() <= TimeSpan.FromMilliseconds(1));
        }
    }

    private string DescribeTimers()
    {
        lock (_gate)
        {
            return _timers.Count == 0 ? "No timer is set." : string.Create(
                CultureInfo.InvariantCulture, $"The timers that are set are due after {string.Join(", ", _timers.Select(timer => timer.DueAt - Now))}.");
        }
    }
}
