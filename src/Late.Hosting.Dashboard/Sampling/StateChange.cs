namespace Late.Hosting.Dashboard.Sampling;

/// <summary>A change of a connection's state, as the page receives it.</summary>
/// <param name="Since">When, in milliseconds since 1970.</param>
/// <param name="State">To what.</param>
/// <param name="Reason">Why.</param>
internal sealed record StateChange(long Since, LateConnectionState State, string Reason);
