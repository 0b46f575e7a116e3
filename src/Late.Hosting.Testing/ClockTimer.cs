namespace Late.Hosting.Testing;

/// <summary>A timer that tells its clock when it is due.</summary>
internal sealed class ClockTimer(LateTestClock clock, TimerCallback callback, object? state) : ITimer
{
    private ITimer? _timer;
    private TimeSpan _period;
    private volatile bool _isDisposed;

    /// <summary>When it is due, under the clock's lock; null where it is not set.</summary>
    public DateTimeOffset? DueAt { get; set; }

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
        Set(dueTime == Timeout.InfiniteTimeSpan ? null : dueTime, period);
        return _timer!.Change(dueTime, period);
    }

    public void Dispose()
    {
        _isDisposed = true;
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

    private void Set(TimeSpan? due, TimeSpan period)
    {
        _period = period;
        clock.OnChanged(this, _isDisposed ? null : clock.GetUtcNow() + due);
    }
}
