namespace Late.Hosting.Connection.Topics;

/// <summary>What readers of a topic or a stream receive where items are missing.</summary>
internal abstract class ReaderGaps
{
    /// <summary>The session has ended, and its reader continues in the next.</summary>
    public abstract LateGapException Interrupted();

    /// <summary>Items were dropped, and the reader continues behind them.</summary>
    public abstract LateGapException Skipped(long dropped);

    /// <summary>There were more items than may wait, and the reader has ended.</summary>
    public abstract LateGapException Overflow(long dropped);
}
