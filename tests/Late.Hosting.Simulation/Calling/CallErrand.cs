namespace Late.Hosting.Simulation.Calling;

/// <summary>A call, and what became of it.</summary>
internal sealed record CallErrand(string Request, int Id, TimeSpan Began) : Errand("call", Id, Began)
{
    /// <summary>How long it may take: from its beginning, or from its slot; null without a limit.</summary>
    public required TimeSpan? Timeout { get; init; }

    /// <summary>It needs a slot.</summary>
    public required bool IsLimited { get; init; }

    /// <summary>It goes into the next session where its own is lost before the handler has it.</summary>
    public required bool WaitsWhenLost { get; init; }

    /// <summary>How many sessions were ready before it.</summary>
    public required int ReadyBefore { get; init; }

    /// <summary>When the handler saw it.</summary>
    public TimeSpan? DeliveredAt { get; set; }

    /// <summary>The session in which the handler saw it.</summary>
    public int Session { get; set; }

    /// <summary>Its callback has completed.</summary>
    public bool IsTaken { get; set; }

    /// <summary>The handler was notified of its end.</summary>
    public bool IsEndKnown { get; set; }

    /// <summary>The handler's answer was taken.</summary>
    public bool IsReplied { get; set; }

    /// <summary>The handler failed it, by itself or by an exception.</summary>
    public bool IsFailed { get; set; }

    /// <summary>The handler has answered it, also where it had ended, or has given back its slot.</summary>
    public bool IsSlotReleased { get; set; }
}
