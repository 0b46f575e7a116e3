namespace Late.Hosting.HostilePeer.Scripts;

/// <summary>What happens to one attempt.</summary>
/// <param name="Answer">The answer.</param>
internal sealed record AttemptPlan(Answer Answer)
{
    public int Status { get; init; }

    /// <summary>More lines of the answer's head, without their ends.</summary>
    public IReadOnlyList<string> Head { get; init; } = [];

    /// <summary>Where a head or a body is cut.</summary>
    public int Cut { get; init; }

    /// <summary>True where the TCP connection is left open behind a refusal.</summary>
    public bool Keeps { get; init; }

    /// <summary>True where the first step is written together with the answer's head.</summary>
    public bool WritesWithHead { get; init; }

    /// <summary>Which pings are answered.</summary>
    public PongKind Pongs { get; init; }

    /// <summary>True where a close frame of the client's gets no answer.</summary>
    public bool IgnoresClose { get; init; }

    public IReadOnlyList<Step> Steps { get; init; } = [];

    /// <summary>True where the status is a permanent refusal while no session has been ready.</summary>
    public bool IsPermanent => Answer is Answer.Refuse or Answer.RefuseAndCutBody or Answer.RefuseAndStallBody
        && Status is >= 300 and < 500 and not 401 and not 408 and not 429;

    public override string ToString()
    {
        var head = Head.Count == 0 ? "" : $" [{string.Join(" | ", Head)}]";
        return Answer switch
        {
            Answer.Upgrade => $"Upgrade{head}{(WritesWithHead ? ", with the head" : "")}{(Pongs == PongKind.All ? "" : $", pongs {Pongs}")}"
                + $"{(IgnoresClose ? ", ignores closes" : "")}: {string.Join("; ", Steps)}",
            Answer.Refuse or Answer.RefuseAndCutBody or Answer.RefuseAndStallBody =>
                $"{Answer} {Status}{head}{(Keeps ? ", keeps TCP" : "")}{(Cut > 0 ? $", cut at {Cut}" : "")}",
            _ => $"{Answer}{(Cut > 0 ? $" at {Cut}" : "")}",
        };
    }
}
