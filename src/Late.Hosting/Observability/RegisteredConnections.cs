namespace Late.Hosting.Observability;

/// <summary>The observable sides of the connections that are registered one by one, in their order.</summary>
internal delegate IEnumerable<DirectoryEntry> RegisteredConnections();
