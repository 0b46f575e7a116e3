namespace Late.Hosting.Simulation.Network;

/// <summary>What a server does by itself.</summary>
internal enum ServerAct
{
    Message,
    Fragments,
    Burst,
    Flood,
    Ping,
    Stall,
    Silence,
    Close,
    End,
    Break,
    Violation,
    TooLarge,
    Controls,
    Endless,
    Backlog,
}
