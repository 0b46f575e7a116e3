namespace Late.Hosting.HostilePeer.Oracle;

/// <summary>Whether what the peer has answered makes the client fail permanently (promise P10).</summary>
internal enum FaultExpectation
{
    MustNot,

    /// <summary>It depends on what the client has seen before the peer could know.</summary>
    May,
    Must,
}
