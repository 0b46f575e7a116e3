namespace Late.Hosting.Simulation.Handling;

/// <summary>What a start by key asks for; the handler's argument, which every handler of the same start has in common.</summary>
internal sealed class StartRequest(LateStartupMode startup)
{
    public LateStartupMode Startup { get; } = startup;

    /// <summary>When its caller cancels it; null for never.</summary>
    public TimeSpan? CancelledAt { get; set; }
}
