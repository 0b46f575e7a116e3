namespace Late.Hosting.HostilePeer.Scripts;

/// <summary>How a handler takes its time over a frame.</summary>
internal enum Pace
{
    Immediate,
    Yielding,

    /// <summary>Half a millisecond of work.</summary>
    Working,

    /// <summary>Waits until the script opens a gate.</summary>
    Gated,

    /// <summary>Blocks its thread until the script opens a gate.</summary>
    Blocking,
    Throwing,
}
