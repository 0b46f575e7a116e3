namespace Late.Hosting.HostilePeer.Scripts;

/// <summary>What stands between the client and the server.</summary>
internal enum ProxyKind
{
    None,
    Open,

    /// <summary>Answers 407 until the credentials are sent.</summary>
    Authenticated,

    /// <summary>Answers 407 whatever is sent.</summary>
    Refusing,
}
