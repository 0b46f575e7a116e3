namespace Late.Hosting.Leases;

/// <summary>
/// Where leases are kept: one place for all hosts that compete for them. An implementation takes each request in one atomic step, counts
/// the time to live on its own clock, and lets a lease end by itself when that has passed.
/// </summary>
/// <remarks>
/// <para>
/// A host counts a lease from the beginning of the request that acquired or renewed it, which is before the store has received the request: it stops
/// before the store gives the lease to another, as long as the clocks of both run equally fast.
/// </para>
/// <para>
/// Methods are called concurrently, for several leases. One that throws, or does not complete in time, counts as not answered, and is asked again. What it
/// completes with later is used for one thing: a lease that was granted to an owner that does not ask again is released.
/// </para>
/// </remarks>
public interface ILateLeaseStore
{
    /// <summary>Acquires a lease that no owner has, or that the same owner has.</summary>
    /// <param name="name">The name of the lease.</param>
    /// <param name="owner">
    /// The owner: a text that no other host, and no other connection, has, and another one each time that a connection begins to ask for the lease. The same
    /// one asks again where it has not received the answer.
    /// </param>
    /// <param name="ttl">When the lease ends by itself, from the moment in which the store grants it.</param>
    /// <param name="cancellationToken">Canceled when the time for the answer has passed.</param>
    /// <returns>
    /// <see cref="LateLeaseAnswer.Granted"/>, with the same number where the same owner has the lease already, which then ends later, as if it were renewed; or
    /// <see cref="LateLeaseAnswer.Refused"/> where another owner has it.
    /// </returns>
    ValueTask<LateLeaseAnswer> TryAcquireAsync(string name, string owner, TimeSpan ttl, CancellationToken cancellationToken);

    /// <summary>Renews a lease: it ends later.</summary>
    /// <param name="name">The name of the lease.</param>
    /// <param name="token">The number that it was granted with.</param>
    /// <param name="ttl">When the lease ends by itself, from the moment in which the store renews it.</param>
    /// <param name="cancellationToken">Canceled when the time for the answer has passed.</param>
    /// <returns>False where the lease has ended, was released, or was granted again since.</returns>
    ValueTask<bool> TryRenewAsync(string name, long token, TimeSpan ttl, CancellationToken cancellationToken);

    /// <summary>Ends a lease. One that has ended, or was granted again since, is left as it is.</summary>
    /// <param name="name">The name of the lease.</param>
    /// <param name="token">The number that it was granted with.</param>
    /// <param name="cancellationToken">Canceled when the time for the answer has passed.</param>
    /// <returns>A task that completes when it is released.</returns>
    ValueTask ReleaseAsync(string name, long token, CancellationToken cancellationToken);
}
