namespace Late.Hosting.HostilePeer.Client;

/// <summary>A handler's own post, which releases calls.</summary>
internal sealed record Release;
