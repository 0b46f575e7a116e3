using Late.Hosting.Connection.Lifecycle;

namespace Late.Hosting.Connection.Callbacks;

/// <summary>What follows a callback beside its state and its single frame.</summary>
internal sealed record ResultActions
{
    public IReadOnlyList<LateFrame>? Frames { get; init; }

    public NextStep Next { get; init; }

    public int CloseCode { get; init; }

    public string Reason { get; init; } = "";

    public TimeSpan? After { get; init; }

    public bool Hold { get; init; }

    public bool Release { get; init; }
}
