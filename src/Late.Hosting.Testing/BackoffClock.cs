namespace Late.Hosting.Testing;

/// <summary>
/// The clock as the reconnecting of one connection sees it. A delay between its attempts is found by whose it is: another
/// connection on the same clock may have one that ends at the same time, and the clock may be advanced before the delay begins.
/// </summary>
internal sealed class BackoffClock(LateTestClock clock) : TimeProvider
{
    public override TimeZoneInfo LocalTimeZone => clock.LocalTimeZone;

    public override long TimestampFrequency => clock.TimestampFrequency;

    /// <summary>When the present delay ends; null where there is none.</summary>
    public DateTimeOffset? DelayEnd => clock.FindDelay(this);

    public override DateTimeOffset GetUtcNow() => clock.GetUtcNow();

    public override long GetTimestamp() => clock.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        clock.CreateTimer(callback, state, dueTime, period, owner: this);
}
