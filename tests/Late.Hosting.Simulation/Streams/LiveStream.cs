namespace Late.Hosting.Simulation.Streams;

/// <summary>A stream as the handler has it, and what it has done with it.</summary>
/// <param name="Stream">The stream.</param>
/// <param name="Session">The number of the session in which it was received, as the server counts.</param>
internal sealed record LiveStream(LateStream<int> Stream, int Session)
{
    /// <summary>How many items were accepted.</summary>
    public int Items { get; set; }

    /// <summary>When the last item was written; null before the first.</summary>
    public TimeSpan? WrittenAt { get; set; }

    /// <summary>Its <c>HandleStream</c> has completed.</summary>
    public bool IsTaken { get; set; }

    /// <summary>The handler has ended it: it is complete.</summary>
    public bool IsComplete { get; set; }

    /// <summary>The handler has ended it, by itself or by an exception of its callback.</summary>
    public bool HasFailed { get; set; }

    /// <summary>An item had no room, and has ended it.</summary>
    public bool HasOverflowed { get; set; }

    /// <summary>As what the handler was notified that it has ended; null where it was not.</summary>
    public LateCallEndReason? KnownEnd { get; set; }

    /// <summary>True where the handler knows that it has ended.</summary>
    public bool IsEndKnown => IsComplete || HasFailed || KnownEnd is not null;

    /// <summary>True where the handler is to be notified that it has ended, unless its session has.</summary>
    public bool IsEndDue => Stream.IsEnded && IsTaken && !IsEndKnown;
}
