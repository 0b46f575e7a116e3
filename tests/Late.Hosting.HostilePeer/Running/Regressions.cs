namespace Late.Hosting.HostilePeer.Running;

/// <summary>
/// Seeds that once found a bug: they run before all others. What a seed draws changes with the drawing, so that those that
/// hurt have a test of their own.
/// </summary>
internal static class Regressions
{
    public static IReadOnlyList<ulong> Seeds { get; } = [];
}
