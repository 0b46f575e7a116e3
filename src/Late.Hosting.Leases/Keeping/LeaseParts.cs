using Late.Hosting.Configuration;
using Late.Hosting.Connection.Reconnecting;
using Late.Hosting.Leases.Spreading;
using Late.Hosting.Ownership;

namespace Late.Hosting.Leases.Keeping;

/// <summary>What the parts of one lease share.</summary>
/// <param name="Requests">Asks the store.</param>
/// <param name="Settings">The options.</param>
/// <param name="Connection">The connection that the lease is of.</param>
/// <param name="Randomizer">Decides what chance decides.</param>
/// <param name="Log">Where it logs.</param>
internal sealed record LeaseParts(LeaseRequests Requests, CurrentOptions<LateLeaseOptions> Settings, IOwned Connection, Randomizer Randomizer, LeaseLog Log)
{
    /// <summary>Spreads the keys of the supervisor; null for a connection that has none.</summary>
    public KeySpread? Spread { get; init; }

    /// <summary>The connection's key in it.</summary>
    public SpreadKey Key { get; } = new();

    /// <summary>The lease's name.</summary>
    public string Lease => Requests.Lease;

    public TimeProvider Time => Connection.Time;

    public LateLeaseOptions Options => Settings.Value;
}
