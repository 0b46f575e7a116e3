namespace Late.Hosting.HostilePeer.Scripts;

/// <summary>Which pings of the client's are answered.</summary>
internal enum PongKind
{
    All,

    /// <summary>Every second one, which acknowledges the one before it.</summary>
    EverySecond,
    None,
}
