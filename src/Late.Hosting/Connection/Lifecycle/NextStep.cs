namespace Late.Hosting.Connection.Lifecycle;

/// <summary>How the connection continues.</summary>
internal enum NextStep
{
    Continue,
    Reconnect,
    Stop,
    Fault,
}
