namespace Late.Hosting.Connection.Topics;

/// <summary>The time that a topic stays subscribed to after its last reader.</summary>
internal sealed class LingerClock : IDisposable
{
    private readonly ITimer _timer;
    private readonly Action _elapsed;
    private readonly long _leave;

    private LingerClock(TimeProvider time, long leave, Action elapsed)
    {
        (_leave, _elapsed) = (leave, elapsed);
        _timer = time.CreateTimer(static clock => ((LingerClock)clock!).OnElapsed(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Starts one, in place of that of an earlier leave.</summary>
    /// <param name="present">The clock that runs; null for none.</param>
    /// <param name="time">The connection's clock.</param>
    /// <param name="after">The time.</param>
    /// <param name="leave">The number of the leave, and what follows when the time has passed.</param>
    public static void Start(ref LingerClock? present, TimeProvider time, TimeSpan after, (long Number, Action Elapsed) leave)
    {
        if (after == TimeSpan.Zero)
        {
            leave.Elapsed();
            return;
        }

        var clock = new LingerClock(time, leave.Number, leave.Elapsed);
        while (Volatile.Read(ref present) is var before && !(before?._leave > leave.Number))
        {
            if (Interlocked.CompareExchange(ref present, clock, before) == before)
            {
                before?.Dispose();
                clock._timer.Change(after, Timeout.InfiniteTimeSpan);
                return;
            }
        }

        // Another reader has joined and left meanwhile.
        clock.Dispose();
    }

    public void Dispose() => _timer.Dispose();

    private void OnElapsed()
    {
        Dispose();
        _elapsed();
    }
}
