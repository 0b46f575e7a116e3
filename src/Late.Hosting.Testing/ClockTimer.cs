namespace Late.Hosting.Testing;

/// <summary>A timer that tells its clock when it is due.</summary>
internal sealed class ClockTimer(LateTestClock clock, TimerCallback callback, object? state) : ITimer
{
    private ITimer? _timer;
    private TimeSpan _period;
    private int _settings;

    /// <summary>When it is due, under the clock's lock; null where it is not set.</summary>
    public DateTimeOffset? DueAt { get; set; }

    /// <summary>True when it will not be due any more, whatever it is set to.</summary>
    public bool IsDisposed { get; private set; }

    /// <summary>True where it ends a <see cref="Task"/>, as that of <c>Task.Delay</c> does.</summary>
    public bool IsDelay => state is Task;

    public void Start(Func<TimerCallback, ITimer> create, TimeSpan dueTime, TimeSpan period)
    {
        _timer = create(_ => Fire());
        Change(dueTime, period);
    }

    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        // A timer that is due at once fires inside the change: what it leaves behind counts.
        TimeSpan? due = dueTime == Timeout.InfiniteTimeSpan ? null : dueTime;
        var setting = Set(due, period);
        var isChanged = _timer!.Change(dueTime, period);

        // The clock may have been turned meanwhile: a timer that is said to be due before it is would be waited for in vain.
        clock.OnChanged(this, due, isStillSo: () => _settings == setting);
        return isChanged;
    }

    public void Dispose()
    {
        IsDisposed = true;
        Set(null, default);
        _timer!.Dispose();
    }

    public ValueTask DisposeAsync()
    {
        Dispose();
        return default;
    }

    private void Fire()
    {
        Set(_period > TimeSpan.Zero ? _period : null, _period);
        callback(state);
    }

    private int Set(TimeSpan? due, TimeSpan period)
    {
        _period = period;
        var setting = Interlocked.Increment(ref _settings);
        clock.OnChanged(this, due);
        return setting;
    }
}
