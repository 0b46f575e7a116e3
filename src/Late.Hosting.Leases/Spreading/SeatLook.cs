namespace Late.Hosting.Leases.Spreading;

/// <summary>What a host has seen when it asked for the seats.</summary>
/// <param name="Hosts">How many hosts have a seat, with this one.</param>
/// <param name="Rank">The number of its own seat; the first is 0.</param>
internal readonly record struct SeatLook(int Hosts, int Rank);
