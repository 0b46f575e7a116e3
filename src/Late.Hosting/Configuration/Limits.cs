namespace Late.Hosting.Configuration;

/// <summary>What the clocks below take.</summary>
internal static class Limits
{
    /// <summary>The longest delay between two attempts (that of Polly).</summary>
    public static readonly TimeSpan LongestDelay = TimeSpan.FromDays(1);

    /// <summary>The shortest delay between two attempts: to a timer, less is none.</summary>
    public static readonly TimeSpan ShortestDelay = TimeSpan.FromMilliseconds(1);

    /// <summary>The shortest life that a session may be given: a shorter one would overload the server.</summary>
    public static readonly TimeSpan ShortestLifetime = TimeSpan.FromSeconds(10);

    /// <summary>The longest time of a timer.</summary>
    public static readonly TimeSpan LongestTimeout = TimeSpan.FromMilliseconds(uint.MaxValue - 1);
}
