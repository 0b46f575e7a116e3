namespace Late.Hosting.Simulation.Handling;

/// <summary>What a callback comes to.</summary>
internal enum Outcome
{
    Ok,
    Send,
    Throw,
    Reconnect,
    Stop,
    Invalid,
    Fault,
}
