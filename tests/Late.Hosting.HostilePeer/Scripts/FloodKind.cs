namespace Late.Hosting.HostilePeer.Scripts;

/// <summary>What a flood consists of.</summary>
internal enum FloodKind
{
    Pings,
    Pongs,
    PingsAndPongs,
    EmptyFragments,
    FragmentsAndPings,
    EmptyMessages,
    EmptyMessageAndPongs,
    SmallMessages,
    LargeMessages,
    CompressedMessages,
    CompressedEmptyMessages,
    CompressedZeros,
    CompressedMix,
    Everything,
}
