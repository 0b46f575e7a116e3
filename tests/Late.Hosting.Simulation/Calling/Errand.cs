using Late.Hosting.Simulation.Checks;

namespace Late.Hosting.Simulation.Calling;

/// <summary>One thing that a caller asked for, and what became of it.</summary>
internal record Errand(string Kind, int Id, TimeSpan Began)
{
    public required Task Task { get; set; }

    /// <summary>By when it has ended, whatever happens; null where only its caller or the connection ends it.</summary>
    public TimeSpan? Deadline { get; set; }

    /// <summary>When its caller cancels it; null for never.</summary>
    public TimeSpan? CancelledAt { get; set; }

    public bool IsEnded => Task.IsCompleted;

    /// <summary>It came in a session, and waits for no other.</summary>
    public bool EndsWithSession { get; init; }

    /// <summary>True where the handler or the server has it: it may not be reported as not delivered.</summary>
    public bool IsDelivered { get; set; }

    /// <summary>What the mailbox has of it; null where it is not known to have it.</summary>
    public DueItem? Due { get; set; }

    public sealed override string ToString() => $"{Kind} {Id}";
}
