using Late.Hosting.Connection.Calls;

namespace Late.Hosting.Connection.Streams;

/// <summary>
/// The time of a stream to its first item and from each to the next. An item costs a look at the clock: the timer is set again when it fires.
/// </summary>
/// <param name="stream">The stream.</param>
/// <param name="time">The connection's clock.</param>
/// <param name="first">The time to the first item.</param>
/// <param name="between">The time between two.</param>
internal sealed class StreamClock(PendingCall stream, TimeProvider time, TimeSpan first, TimeSpan between) : IDisposable
{
    private ITimer? _timer;
    private long _beganAt;
    private long _lastAt;

    /// <summary>The time that it waits now: that to the first item, or to the next.</summary>
    public (string Option, TimeSpan Time) Awaited => Volatile.Read(ref _lastAt) == 0 ? (nameof(LateStreamOptions.FirstItemTimeout), first) : (nameof(LateStreamOptions.ItemTimeout), between);

    /// <summary>The time begins.</summary>
    /// <param name="now">Since when, as a timestamp.</param>
    public void Begin(long now)
    {
        _beganAt = now;
        if (first == Timeout.InfiniteTimeSpan && between == Timeout.InfiniteTimeSpan)
        {
            return;
        }

        var timer = time.CreateTimer(static clock => ((StreamClock)clock!).Look(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Interlocked.Exchange(ref _timer, timer);
        if (stream.IsOver)
        {
            // It may have ended before there was a timer.
            timer.Dispose();
        }

        Look();
    }

    /// <summary>There is an item.</summary>
    public void Note() => Volatile.Write(ref _lastAt, Math.Max(1, time.GetTimestamp()));

    public void Dispose() => _timer?.Dispose();

    private void Look()
    {
        if (stream.IsEnded)
        {
            return;
        }

        var last = Volatile.Read(ref _lastAt);
        var left = last == 0 ? Left(first, _beganAt) : Left(between, last);
        if (left <= TimeSpan.Zero)
        {
            stream.OnTimeout();
        }
        else if (Earlier(left, last == 0 && between != Timeout.InfiniteTimeSpan ? between : left) is var next && next < TimeSpan.MaxValue)
        {
            // Timers count in milliseconds: one that comes too early is set again, and not to zero.
            _timer!.Change(TimeSpan.FromMilliseconds(Math.Ceiling(next.TotalMilliseconds)), Timeout.InfiniteTimeSpan);
        }
    }

    private TimeSpan Left(TimeSpan timeout, long since) => timeout == Timeout.InfiniteTimeSpan ? TimeSpan.MaxValue : timeout - time.GetElapsedTime(since);

    private static TimeSpan Earlier(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
