namespace Late.Hosting.Connection.Reconnecting;

/// <summary>
/// Returns the clock of the delays between a connection's attempts, for a test that watches them; null for a connection that
/// is not its own. Looked for in the container.
/// </summary>
internal delegate TimeProvider? RetryClock(string connection);
