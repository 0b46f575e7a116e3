namespace Late.Hosting.HostilePeer.Scripts;

/// <summary>When a session's handler releases calls.</summary>
internal enum LoginKind
{
    None,

    /// <summary>Calls are held until a post of the handler's own.</summary>
    Released,

    /// <summary>Calls are held indefinitely: <c>ReadyTimeout</c> ends the session.</summary>
    Never,

    /// <summary><c>HandleConnect</c> throws.</summary>
    Throws,
}
