using Late.Hosting.Configuration;
using Late.Hosting.Connection.Reconnecting;
using Late.Hosting.Leases.Keeping;

namespace Late.Hosting.Leases.Spreading;

/// <summary>What the spread of a supervisor's keys is made of.</summary>
/// <param name="Supervisor">The supervisor's name.</param>
/// <param name="Lease">The name that its leases begin with.</param>
/// <param name="Settings">The options.</param>
/// <param name="Time">The clock.</param>
internal sealed record SpreadParts(string Supervisor, string Lease, CurrentOptions<LateLeaseOptions> Settings, TimeProvider Time)
{
    public required ILateLeaseStore Store { get; init; }

    public required LeaseMetrics Metrics { get; init; }

    public required LeaseLog Log { get; init; }

    /// <summary>Decides what chance decides.</summary>
    public required Randomizer Randomizer { get; init; }

    public LateLeaseOptions Options => Settings.Value;

    /// <summary>Asks for the seat of a number. The lease of a key begins with <c>{Lease}/</c>: none is a seat.</summary>
    public LeaseRequests MakeSeat(int number) => new(Store, $"{Lease}:host:{number}", Supervisor, Time, Metrics);
}
