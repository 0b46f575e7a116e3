namespace Late.Hosting.Leases.Tests.Support;

/// <summary>A clock whose timers run only when the test runs them: that of a process that was frozen, and has not noticed yet.</summary>
internal sealed class ManualClock : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<ManualTimer> _timers = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _ticks = 1;
    private DateTimeOffset _now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Volatile.Read(ref _ticks);

    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate)
        {
            return _now;
        }
    }

    /// <summary>Time passes; no timer runs.</summary>
    public void Pass(double seconds)
    {
        var time = TimeSpan.FromSeconds(seconds);
        Interlocked.Add(ref _ticks, time.Ticks);
        SetWall(time);
    }

    /// <summary>The time of day is set; nothing passes.</summary>
    public void SetWall(TimeSpan change)
    {
        lock (_gate)
        {
            _now += change;
        }
    }

    /// <summary>Runs the timers that are due.</summary>
    public void RunDue()
    {
        ManualTimer[] due;
        lock (_gate)
        {
            due = [.. _timers.Where(timer => timer.DueAt <= GetTimestamp()).OrderBy(static timer => timer.DueAt)];
            Array.ForEach(due, static timer => timer.DueAt = long.MaxValue);
        }

        Array.ForEach(due, static timer => timer.Run());
    }

    /// <summary>Waits until a timer is set that is due after a time.</summary>
    public async Task WaitForTimerAsync(double seconds)
    {
        var at = GetTimestamp() + TimeSpan.FromSeconds(seconds).Ticks;
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (_timers.Exists(timer => Math.Abs(timer.DueAt - at) <= TimeSpan.TicksPerMillisecond))
                {
                    return;
                }

                changed = _changed.Task;
            }

            await changed.WaitAsync(TestContext.Current.CancellationToken);
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, () => callback(state));
        lock (_gate)
        {
            _timers.Add(timer);
        }

        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class ManualTimer(ManualClock clock, Action callback) : ITimer
    {
        public long DueAt { get; set; } = long.MaxValue;

        public void Run() => callback();

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            TaskCompletionSource changed;
            lock (clock._gate)
            {
                DueAt = dueTime < TimeSpan.Zero ? long.MaxValue : clock.GetTimestamp() + dueTime.Ticks;
                (changed, clock._changed) = (clock._changed, new(TaskCreationOptions.RunContinuationsAsynchronously));
            }

            changed.SetResult();
            return true;
        }

        public void Dispose() => Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }
    }
}
