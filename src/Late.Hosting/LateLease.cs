namespace Late.Hosting;

/// <summary>A lease that this host holds: while it does, no other host runs the connection.</summary>
/// <param name="Name">The lease's name.</param>
/// <param name="Token">
/// A number that grows with each owner of the lease (a fencing token). Send it to a server that can compare it: one that refuses what comes with
/// a smaller number than it has seen is protected also from bytes that were on their way when the lease ended.
/// </param>
public sealed record LateLease(string Name, long Token);
