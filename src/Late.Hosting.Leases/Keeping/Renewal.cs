namespace Late.Hosting.Leases.Keeping;

/// <summary>The last successful renewal of a lease, or its acquisition: all times are measured from the beginning of its request.</summary>
/// <param name="Began">When the request began.</param>
/// <param name="Options">The options that it was made with.</param>
internal sealed record Renewal(Moment Began, LateLeaseOptions Options)
{
    /// <summary>How long the lease is kept without another one, before it ends early.</summary>
    public TimeSpan GoodbyeAfter { get; } = Options.GoodbyeAfter;

    /// <summary>How long something may be written.</summary>
    public TimeSpan WriteLimit { get; } = Options.WriteLimit;

    /// <summary>This one, by the time of day no longer than another one.</summary>
    public Renewal Within(Renewal other)
    {
        var latest = other.Began.Time + other.WriteLimit - WriteLimit;
        return latest < Began.Time ? this with { Began = Began with { Time = latest } } : this;
    }

    /// <summary>True while a byte may be written.</summary>
    public bool MayWrite(TimeProvider time) => Began.IsWithin(WriteLimit, time);
}
