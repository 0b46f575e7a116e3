namespace Late.Hosting.Simulation.Calling;

/// <summary>A call, and what became of it.</summary>
internal sealed record CallErrand(string Request, int Id, TimeSpan Began) : Errand("call", Id, Began)
{
    /// <summary>How long each attempt may take: from its beginning, or from its slot; null without a limit.</summary>
    public required TimeSpan? Timeout { get; init; }

    /// <summary>How long its attempt may wait for its slot; null where it needed none at its beginning.</summary>
    public TimeSpan? QueueTimeout { get; set; }

    /// <summary>Its attempt needs a slot, from its beginning or from a reload on.</summary>
    public bool IsLimited { get; set; }

    /// <summary>The greatest limit under which it may have had its slot: of all calls, and of its request; null for none.</summary>
    public (int? All, int? Same) Most { get; set; }

    /// <summary>It goes into the next session where its own is lost before the handler has it.</summary>
    public required bool WaitsWhenLost { get; init; }

    /// <summary>How many sessions were ready before its attempt; -1 where one was ready then.</summary>
    public int ReadyBefore { get; set; }

    /// <summary>When the handler saw it.</summary>
    public TimeSpan? DeliveredAt { get; set; }

    /// <summary>What the handler has of it; null before that.</summary>
    public LateCall? Taken { get; set; }

    /// <summary>The session in which the handler saw it.</summary>
    public int Session { get; set; }

    /// <summary>Its callback has completed.</summary>
    public bool IsTaken { get; set; }

    /// <summary>As what the handler was notified that it has ended; null where it was not.</summary>
    public LateCallEndReason? KnownEnd { get; set; }

    /// <summary>The handler's answer was taken.</summary>
    public bool IsReplied { get; set; }

    /// <summary>The handler failed it, by itself or by an exception.</summary>
    public bool IsFailed { get; set; }

    /// <summary>The handler has answered it, also where it had ended, or has given back its slot.</summary>
    public bool IsSlotReleased { get; set; }

    /// <summary>The place of its latest attempt among those of all calls.</summary>
    public int Place { get; set; }

    /// <summary>When its latest attempt began.</summary>
    public TimeSpan AttemptedFrom { get; set; }

    /// <summary>False while it waits in a pipeline for its next attempt.</summary>
    public bool IsAttempting { get; set; }

    /// <summary>Its last attempt has ended; its caller's pipeline may learn of it a moment later.</summary>
    public bool IsOver => IsEnded || !IsAttempting || Taken?.IsEnded == true;

    /// <summary>How many attempts have begun in a pipeline; 0 where there is none.</summary>
    public int Attempts { get; set; }

    /// <summary>What the last attempt in a pipeline has come to; null for a reply, and before its end.</summary>
    public Exception? Failure { get; set; }

    /// <summary>When the last attempt in a pipeline has ended.</summary>
    public TimeSpan AttemptedAt { get; set; }
}
