namespace Late.Hosting.Simulation.Checks;

/// <summary>A post or a call that the mailbox has taken and the handler has not.</summary>
internal sealed record DueItem(string Kind, int Id)
{
    /// <summary>How many callbacks of frames had begun when it was admitted.</summary>
    public required int Frames { get; init; }

    /// <summary>It was admitted while the callback of a frame ran.</summary>
    public required bool IsDuringFrame { get; init; }

    /// <summary>It was admitted while the callback of a post or a call ran.</summary>
    public required bool IsDuringOther { get; init; }

    public override string ToString() => $"{Kind} {Id}";
}
