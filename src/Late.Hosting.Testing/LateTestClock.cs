using System.Globalization;
using Microsoft.Extensions.Time.Testing;

namespace Late.Hosting.Testing;

/// <summary>
/// A clock that stands still until the test turns it, and knows the timers that are set on it: a test that turned the
/// clock before the timer that it means is set would wait in vain.
/// </summary>
public sealed class LateTestClock : FakeTimeProvider
{
    private readonly Lock _gate = new();
    private readonly HashSet<ClockTimer> _timers = [];
    private readonly Changes _changes = new();

    /// <summary>Makes a clock that stands at the beginning of 2026.</summary>
    public LateTestClock()
        : this(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero))
    {
    }

    /// <summary>Makes a clock.</summary>
    /// <param name="startDateTime">Where it stands.</param>
    public LateTestClock(DateTimeOffset startDateTime)
        : base(startDateTime)
    {
    }

    /// <summary>Done with the next timer that is set.</summary>
    internal Task NextChange => _changes.Next;

    /// <summary>When the next timer is due; null where none is set.</summary>
    internal DateTimeOffset? NextDue
    {
        get
        {
            lock (_gate)
            {
                return _timers.Min(static timer => timer.DueAt);
            }
        }
    }

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ClockTimer(this, callback, state);
        timer.Start(fire => base.CreateTimer(fire, null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan), dueTime, period);
        return timer;
    }

    /// <summary>
    /// Waits until a timer is set that is due after a time, to the millisecond that timers count in. Then turn the clock.
    /// </summary>
    /// <param name="due">The time from now on this clock.</param>
    /// <returns>A task that is done when the timer is set.</returns>
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

    private bool HasTimerAt(DateTimeOffset at)
    {
        lock (_gate)
        {
            return _timers.Any(timer => IsNear(timer.DueAt, at));
        }
    }

    /// <summary>Turns the clock to a time; nothing where it is past it.</summary>
    internal void AdvanceTo(DateTimeOffset at)
    {
        if (at > GetUtcNow())
        {
            SetUtcNow(at);
        }
    }

    /// <summary>
    /// When the delay of a task ends that ends at a time, to the millisecond; null where no task waits for that.
    /// </summary>
    internal DateTimeOffset? FindDelay(DateTimeOffset at)
    {
        lock (_gate)
        {
            return _timers.FirstOrDefault(timer => timer.IsDelay && IsNear(timer.DueAt, at))?.DueAt;
        }
    }

    /// <summary>A timer is due at another time, or not any more.</summary>
    /// <param name="timer">The timer.</param>
    /// <param name="due">After how much time from now; null for never.</param>
    /// <param name="isStillSo">False where it has been set again meanwhile.</param>
    internal void OnChanged(ClockTimer timer, TimeSpan? due, Func<bool>? isStillSo = null)
    {
        lock (_gate)
        {
            if (isStillSo?.Invoke() == false)
            {
                return;
            }

            timer.DueAt = timer.IsDisposed ? null : GetUtcNow() + due;
            if (timer.DueAt is null)
            {
                _timers.Remove(timer);
            }
            else
            {
                _timers.Add(timer);
            }
        }

        _changes.Signal();
    }

    private static bool IsNear(DateTimeOffset? due, DateTimeOffset at) => (due - at)?.Duration() <= TimeSpan.FromMilliseconds(1);

    private string DescribeTimers()
    {
        lock (_gate)
        {
            var now = GetUtcNow();
            return _timers.Count == 0
                ? "No timer is set."
                : string.Create(CultureInfo.InvariantCulture, $"Set are timers due after {string.Join(", ", _timers.Select(timer => timer.DueAt - now).Order())}.");
        }
    }
}
