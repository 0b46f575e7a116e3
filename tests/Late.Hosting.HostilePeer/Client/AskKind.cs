namespace Late.Hosting.HostilePeer.Client;

/// <summary>What answers a call.</summary>
internal enum AskKind
{
    Handler,
    Server,
    Unanswered,
}
