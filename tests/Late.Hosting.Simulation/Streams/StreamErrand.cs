using Late.Hosting.Simulation.Calling;
using Late.Hosting.Simulation.Worlds;

namespace Late.Hosting.Simulation.Streams;

/// <summary>A stream that was requested, and what became of it.</summary>
internal sealed record StreamErrand(Subject Subject, FlowPlan Plan, int Number) : Errand("stream", Number, Subject.Time.Elapsed)
{
    /// <summary>Cancels it.</summary>
    public CancellationTokenSource Caller { get; } = new();

    /// <summary>What the handler has of it; null before that.</summary>
    public LiveStream? Live { get; set; }

    /// <summary>The item that its reader reads next.</summary>
    public int Next { get; set; }

    /// <summary>Its reader waits for an item, or for the stream itself.</summary>
    public bool IsReading { get; set; }

    /// <summary>Its reader leaves it, and does not wait for an item.</summary>
    public bool HasLeft { get; set; }

    /// <summary>Its reader has left it before it was canceled.</summary>
    public bool HasLeftFirst { get; set; }

    /// <summary>Its enumeration has ended.</summary>
    public bool IsOver { get; set; }

    /// <summary>Its session has ended.</summary>
    public bool IsLost { get; set; }

    public LateStreamOptions Options => Plan.Options;

    /// <summary>When the next item is due at the latest; null for never.</summary>
    public TimeSpan? NextDueAt => Live?.WrittenAt is { } written ? written + Limit(Options.ItemTimeout) : Began + Limit(Options.FirstItemTimeout);

    /// <summary>Nothing is to be observed of it any more.</summary>
    public bool IsDone => IsOver && (Live is null || IsLost || Live.IsEndKnown);

    /// <summary>The handler's table has it.</summary>
    public bool IsKept => Live is { Stream.IsEnded: false };

    /// <summary>True where it was received in the session that is open.</summary>
    public bool IsInOpenSession => Live is { } live && live.Session == Subject.Handler!.Session && Subject.Life.IsConnected && !IsLost;

    private TimeSpan? Limit(TimeSpan? option) => (option ?? Subject.Options.CallTimeout) is var limit && limit == Timeout.InfiniteTimeSpan ? null : limit;
}
