using Late.Hosting.HostilePeer.Oracle;

namespace Late.Hosting.HostilePeer.Client;

/// <summary>What a handler throws.</summary>
internal sealed class HandlerException() : Exception(Secrets.Thrown);
