using Late.Hosting.Simulation.Worlds;

namespace Late.Hosting.Simulation.Leases;

/// <summary>What the handler of a host does, and its options.</summary>
internal sealed class HandlingPlan(Dice dice)
{
    /// <summary>The time between two frames that it sends by itself.</summary>
    public TimeSpan Beat { get; } = dice.Time(20, 2000);

    public LateHandlerErrorBehavior Errors { get; } = dice.Pick(LateHandlerErrorBehavior.Continue, LateHandlerErrorBehavior.Restart, LateHandlerErrorBehavior.Continue);

    public TimeSpan CloseTimeout { get; } = dice.Time(50, 10_000);

    public TimeSpan GracePeriod { get; } = dice.Time(100, 10_000);
}
