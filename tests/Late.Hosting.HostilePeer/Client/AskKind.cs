namespace Late.Hosting.HostilePeer.Client;

/// <summary>Who answers a call.</summary>
internal enum AskKind
{
    Handler,
    Server,
    Nobody,
}
