namespace Late.Hosting.Leases.Keeping;

/// <summary>A moment on two clocks: one that counts, and stands still while the machine is suspended, and the time of day, which may be set.</summary>
internal readonly record struct Moment(long Timestamp, DateTimeOffset Time)
{
    public static Moment Now(TimeProvider time) => new(time.GetTimestamp(), time.GetUtcNow());

    /// <summary>True while less than a time has passed on both clocks.</summary>
    public bool IsWithin(TimeSpan limit, TimeProvider time) => time.GetElapsedTime(Timestamp) < limit && time.GetUtcNow() - Time < limit;
}
