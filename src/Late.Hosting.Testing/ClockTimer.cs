namespace Late.Hosting.Testing;

/// <summary>A timer of a <see cref="LateTestClock"/>, which keeps it and runs it. What changes changes under the clock's lock.</summary>
/// <param name="clock">The clock.</param>
/// <param name="callback">Runs when the timer is due.</param>
/// <param name="state">What the callback gets.</param>
/// <param name="owner">The code that it was created for; null where that is not known.</param>
internal sealed class ClockTimer(LateTestClock clock, TimerCallback callback, object? state, object? owner) : ITimer
{
    private static readonly TimeSpan s_longestTime = TimeSpan.FromMilliseconds(uint.MaxValue - 1);

    /// <summary>Orders timers that are set by when they are due; of those due at the same time, the one that was set first comes first.</summary>
    public static IComparer<ClockTimer> ByTime { get; } = Comparer<ClockTimer>.Create(
        static (one, other) => (one.DueAt!.Value, one.Order).CompareTo((other.DueAt!.Value, other.Order)));

    /// <summary>When it is due; null where it is not set.</summary>
    public DateTimeOffset? DueAt { get; set; }

    /// <summary>The time after which it is due again; null for once.</summary>
    public TimeSpan? Period { get; set; }

    /// <summary>The number of its last setting, of all of the clock.</summary>
    public long Order { get; set; }

    /// <summary>True when it will not be due again, whatever it is set to.</summary>
    public bool IsDisposed { get; set; }

    public object? Owner => owner;

    /// <summary>True where it ends a <see cref="Task"/>, as that of <c>Task.Delay</c> does.</summary>
    public bool IsDelay => state is Task;

    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        ThrowIfNoTime(dueTime, nameof(dueTime));
        ThrowIfNoTime(period, nameof(period));
        return clock.Set(this, dueTime, period);
    }

    public void Dispose() => clock.Remove(this);

    public ValueTask DisposeAsync()
    {
        Dispose();
        return default;
    }

    public void Run() => callback(state);

    private static void ThrowIfNoTime(TimeSpan time, string name)
    {
        if (time != Timeout.InfiniteTimeSpan)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero, name);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(time, s_longestTime, name);
        }
    }
}
