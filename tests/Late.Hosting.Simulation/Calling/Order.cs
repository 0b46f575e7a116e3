using Late.Hosting.Simulation.Handling;

namespace Late.Hosting.Simulation.Calling;

/// <summary>A start or a stop by key, and what became of it.</summary>
internal sealed record Order(int Id, string Kind, string Key, TimeSpan Began)
{
    public required Task Task { get; init; }

    /// <summary>When its caller cancels it; null for never.</summary>
    public TimeSpan? CancelledAt { get; init; }

    public StartRequest? StartRequest { get; init; }

    public override string ToString() => $"{Kind} {Id} of {Key}";
}
