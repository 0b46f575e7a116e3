namespace Late.Hosting.HostilePeer.Client;

/// <summary>A handler's own timer.</summary>
internal sealed record Beat;
