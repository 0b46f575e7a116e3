namespace Late.Hosting.Simulation.Worlds;

/// <summary>
/// A clock that advances only when it is asked to. What is due at the same moment comes in the order in which it was asked
/// for or, where a world wants that, in an order of the dice.
/// </summary>
internal sealed class SimulatedTime(Dice dice) : TimeProvider
{
    // Not zero: no machine has been up for no time.
    private const long StartTicks = TimeSpan.TicksPerHour;

    private static readonly TimeSpan s_mostPassed = TimeSpan.FromMicroseconds(50);

    private static readonly DateTimeOffset s_start = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly PriorityQueue<(Action Action, SimulatedTimer? Timer, int Version), (long At, ulong Tie)> _queue = new();
    private long _now = StartTicks;
    private ulong _sequence;
    private readonly List<long> _passed = [];
    private long _lateFrom;

    public bool ShufflesTies { get; set; }

    /// <summary>How long the world has lasted.</summary>
    public TimeSpan Elapsed => TimeSpan.FromTicks(_now - StartTicks);

    /// <summary>How many timers are to fire some time.</summary>
    public int ArmedTimers { get; set; }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override long GetTimestamp() => _now;

    public override DateTimeOffset GetUtcNow() => s_start + Elapsed;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new SimulatedTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Something of the world's own, which is no timer of the library.</summary>
    public void After(TimeSpan delay, Action action) => Enqueue(delay, action, null, 0);

    public void Enqueue(TimeSpan delay, Action action, SimulatedTimer? timer, int version) =>
        _queue.Enqueue((action, timer, version), (_now + delay.Ticks, ShufflesTies ? dice.Next() : ++_sequence));

    /// <summary>True where something else is due at this very moment.</summary>
    public bool IsNextDueNow => TryPeek(out var at) && at <= _now;

    /// <summary>
    /// By how much what is due may come late: nothing where time stands while a thread does what it does, else what passes
    /// meanwhile, in the whole milliseconds that timers count in.
    /// </summary>
    public TimeSpan Slack { get; private set; }

    /// <summary>By how much a timer may come late: timers count in whole milliseconds.</summary>
    public TimeSpan TimerSlack => TimeSpan.FromMilliseconds(1) + Slack;

    /// <summary>Time passes while a thread does what it does, within bounds: what is due meanwhile comes late.</summary>
    public void PassOneTick()
    {
        Slack = TimeSpan.FromMilliseconds(2);
        if (_now - _lateFrom < s_mostPassed.Ticks)
        {
            _passed.Add(++_now);
        }
    }

    /// <summary>How much of the time between two moments has passed while a thread did what it does: by so much a timer of that time may come late.</summary>
    public TimeSpan PassedBetween(DateTimeOffset from, DateTimeOffset to) => TimeSpan.FromTicks(PassedUntil(to) - PassedUntil(from));

    /// <summary>The same since a moment of the world.</summary>
    public TimeSpan PassedSince(TimeSpan at) => PassedBetween(s_start + at, GetUtcNow());

    private long PassedUntil(DateTimeOffset at)
    {
        var index = _passed.BinarySearch((at - s_start).Ticks + StartTicks);
        return index < 0 ? ~index : index + 1;
    }

    /// <summary>Advances to what is due next, and runs it.</summary>
    /// <returns>False where nothing is due any more.</returns>
    public bool TryRunNext()
    {
        if (!TryPeek(out _))
        {
            return false;
        }

        _queue.TryDequeue(out var next, out var due);
        _now = Math.Max(_now, due.At);
        _lateFrom = due.At;
        next.Timer?.Fired();
        next.Action();
        return true;
    }

    // Timers that were stopped or set again leave an entry behind.
    private bool TryPeek(out long at)
    {
        while (_queue.TryPeek(out var next, out var due))
        {
            if (next.Timer?.IsDue(next.Version) != false)
            {
                at = due.At;
                return true;
            }

            _queue.Dequeue();
        }

        at = 0;
        return false;
    }
}
