namespace Late.Hosting.Leases;

/// <summary>What a store answers to a request for a lease. Its default is a refusal by a store that does not know when the lease ends.</summary>
public readonly record struct LateLeaseAnswer
{
    /// <summary>The number of the grant; null where another owner has the lease.</summary>
    public long? Token { get; private init; }

    /// <summary>How long the lease of the other owner lasts if it is not renewed; null where the lease is granted, or the store does not know it.</summary>
    public TimeSpan? Left { get; private init; }

    /// <summary>The lease is granted.</summary>
    /// <param name="token">
    /// A number that is greater than that of every earlier grant of this lease, and identifies this one; the same number where the same owner has the lease
    /// already.
    /// </param>
    /// <returns>The answer.</returns>
    public static LateLeaseAnswer Granted(long token) => new() { Token = token };

    /// <summary>Another owner has the lease.</summary>
    /// <param name="left">
    /// How long its lease lasts if it is not renewed, so that the host asks when it has ended, and not an <see cref="LateLeaseOptions.AcquireInterval"/> later;
    /// null where the store does not know it. Whatever it is, the host asks again after 1 to 50 milliseconds at the earliest, and an interval at the
    /// latest (a key of a supervisor four).
    /// </param>
    /// <returns>The answer.</returns>
    public static LateLeaseAnswer Refused(TimeSpan? left = null) => new() { Left = left };
}
