namespace Late.Hosting.Simulation.Network;

/// <summary>What a flood consists of.</summary>
internal enum FloodKind
{
    Pings,
    Pongs,

    /// <summary>Both, behind a short message.</summary>
    Mixed,

    /// <summary>Continuations without payload, of a message that is whole at the end of the flood.</summary>
    EmptyFragments,

    /// <summary>Messages without payload.</summary>
    EmptyMessages,
}
