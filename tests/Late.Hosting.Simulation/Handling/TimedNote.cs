using Late.Hosting.Simulation.Checks;

namespace Late.Hosting.Simulation.Handling;

/// <summary>A delayed post; it belongs to the session in which it was started.</summary>
internal sealed record TimedNote(int Id, int Session)
{
    public bool IsHandled { get; set; }

    /// <summary>What the mailbox has of it; null until it is due.</summary>
    public DueItem? Due { get; set; }
}
