namespace Late.Hosting.Connection.Lifecycle;

/// <summary>How the connection goes on.</summary>
internal enum NextStep
{
    Continue,
    Reconnect,
    Stop,
    Fault,
}
