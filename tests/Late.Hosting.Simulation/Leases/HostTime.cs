using Late.Hosting.Simulation.Worlds;

namespace Late.Hosting.Simulation.Leases;

/// <summary>
/// The clocks of one host: they may run faster or slower than the world's, the time of day may be set, and no timer fires while the host is
/// frozen.
/// </summary>
/// <param name="time">The world's.</param>
/// <param name="rate">How much passes on the host's clock while a second passes in the world.</param>
/// <param name="deliver">Runs what is due, now or when the host is no longer frozen.</param>
internal sealed class HostTime(SimulatedTime time, double rate, Action<Action> deliver) : TimeProvider
{
    private TimeSpan _wall;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override long GetTimestamp() => (long)(time.GetTimestamp() * rate);

    public override DateTimeOffset GetUtcNow() => time.GetUtcNow() - time.Elapsed + (time.Elapsed * rate) + _wall;

    /// <summary>The time of day is set.</summary>
    public void SetWall(TimeSpan change) => _wall += change;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new HostTimer(this);
        timer.Begin(callback, state, dueTime, period);
        return timer;
    }

    // Never early by this host's clock: a timer counts in whole ticks.
    private TimeSpan InWorld(TimeSpan own) => own <= TimeSpan.Zero ? own : TimeSpan.FromTicks((long)Math.Ceiling(own.Ticks / rate));

    /// <summary>One of its timers.</summary>
    private sealed class HostTimer(HostTime host) : ITimer
    {
        private ITimer _inner = null!;
        private int _version;

        public void Begin(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => _inner = host.NewTimer(
            () =>
            {
                var version = _version;
                host.Deliver(() =>
                {
                    // What was set again or disposed meanwhile does not fire.
                    if (version == _version)
                    {
                        callback(state);
                    }
                });
            },
            dueTime,
            period);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            _version++;
            return _inner.Change(host.InWorld(dueTime), host.InWorld(period));
        }

        public void Dispose()
        {
            _version++;
            _inner.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }
    }

    private void Deliver(Action action) => deliver(action);

    private ITimer NewTimer(Action fire, TimeSpan dueTime, TimeSpan period) => time.CreateTimer(_ => fire(), null, InWorld(dueTime), InWorld(period));
}
